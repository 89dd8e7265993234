// The verifier that reads the message as a tree and lets xmlsec1 do the cryptography.
#include <algorithm>

#include "security/inbound/decryption.hpp"
#include "security/inbound/direct_check.hpp"
#include "security/inbound/verification.hpp"
#include "security/xmldsig/signature_check.hpp"

namespace hutong::security {

namespace {

MessagePolicy policy_of(const Required& required, const AcceptedTokens& tokens) {
    MessagePolicy policy;
    policy.sign_body = required.body;
    policy.timestamp = required.timestamp;
    policy.sign_addressing = required.addressing;
    policy.tokens = tokens;
    return policy;
}

bool refers_to_attachments(const SignatureShape& shape) {
    return std::any_of(shape.references.begin(), shape.references.end(),
                       [](const ReferenceShape& reference) { return reference.id.empty(); });
}

class DomVerifier final : public Verifier {
  public:
    DomVerifier(const config::Security& options, const xml::Limits& limits)
        : options_(options), limits_(limits) {}

    Verdict verify(const VerifyInput& input) const override {
        const MessagePolicy policy = policy_of(input.required, input.tokens.accepted);
        return verify_tree(input.utf8, *input.layout, limits_,
                           {policy, options_, input.now, input.tokens, nullptr});
    }

  private:
    const config::Security options_;
    const xml::Limits limits_;
};

}  // namespace

Verdict verify_tree(std::string_view utf8, const soap::Layout& layout, const xml::Limits& limits,
                    const VerificationInput& input) {
    const auto document = xml::parse(utf8, limits, "UTF-8");
    if (document.has_error()) return reject(document.error());
    return verify_tree(*document, layout, limits, input, nullptr);
}

Verdict verify_tree(const xml::Document& document, const soap::Layout& layout, const xml::Limits& limits,
                    const VerificationInput& input, const Decryption* pending) {
    const auto positions = find_positions(document, layout, input.options.trusted_roles);
    if (positions.has_error()) return positions.error();
    Verification verification(input, document, *positions);
    if (const auto read = verification.read(); read.has_error()) return reject(read.error());
    Verdict verdict =
        verification.verify([&](const PlacedSignature& signature, const PublicKey& key) -> Result<void> {
            // xmlsec1 could not follow a reference to an attachment.
            if (!refers_to_attachments(signature.shape)) return check_signature(signature.shape, key);
            if (beyond_the_writer(signature)) return refused("xml:base where an attachment is signed");
            HUTONG_TRY(check_directly(signature, key, {}));
            return check_attachment_digests(signature, input.attachments, limits);
        });
    if (verdict.has_error()) return verdict;
    const auto whole =
        verification.check_attachments(input.included != nullptr ? *input.included : std::set<std::string>());
    if (whole.has_error()) return reject(whole.error());
    if (pending == nullptr) return verdict;
    const auto covered = pending->check_signed([&](xml::Element element) {
        return !verification.signatures().empty() && verification.signatures().primary().covers(element);
    });
    if (covered.has_error()) return reject(covered.error());
    return verdict;
}

std::unique_ptr<Verifier> make_dom_verifier(const config::Security& options, const xml::Limits& limits) {
    return std::make_unique<DomVerifier>(options, limits);
}

}  // namespace hutong::security
