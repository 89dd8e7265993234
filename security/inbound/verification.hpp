// One message on its way through the checks: from where its parts lie to what it claims.
//
// WS-Security 1.1.1, with required parts found by absolute position. Both readers take the same way and the
// reasons they give are the same; they differ only in who does the cryptography. Works on a tree, of whose
// Body nothing but the start tag needs to be there. A view of what it was made with; one thread at a time.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "security/inbound/attachments.hpp"
#include "security/inbound/policy.hpp"
#include "security/inbound/signature_set.hpp"
#include "security/inbound/verifier.hpp"
#include "security/tokens/saml_assertion.hpp"
#include "security/xmldsig/ids.hpp"

namespace hutong::security {

class Decryption;

struct VerificationInput {
    const MessagePolicy& policy;
    const config::Security& options;
    TimePoint now;
    const TokenContext& tokens;
    const Attachments* attachments;  // null: the message has none
    // By which it was encrypted for us, before or after it was signed; null: it was not.
    const KeyTransport* transport{nullptr};
    const xml::QNameValues* values{nullptr};  // of the service's contract; null: not known
    // The parts that stand in the text by XOP, as far as they are known before it is verified.
    const std::set<std::string>* included{nullptr};
};

class Verification {
  public:
    Verification(const VerificationInput& input, const xml::Document& document, const Positions& at)
        : input_(input), times_(input.policy.times(input.options)), document_(document), at_(at) {}

    // Structure only, no cryptography. Errors: refused; not_found, when a reference points at nothing that is
    // in the tree.
    Result<void> read();

    // What is left, `check` having the say over each signature. What is rejected as expired is otherwise
    // good.
    Verdict verify(const SignatureSet::Check& check);

    // After verify(), when all parts are there: none of them is unsigned where policy signs them. `included`:
    // those that stand below Body by XOP, and so are digested with it.
    Result<void> check_attachments(const std::set<std::string>& included) const;

    const IdIndex& ids() const { return ids_; }
    const SignatureSet& signatures() const { return signatures_; }

  private:
    Result<void> check(const SignatureSet::Check& check);
    Result<void> index_ids();
    Result<void> check_algorithms() const;
    Result<void> check_required(const PlacedSignature& signature) const;  // it covers what policy wants
    Result<void> check_message_id() const;
    Result<void> judge_assertion();
    Result<void> bind_assertion();  // to the message
    Result<void> judge_user();
    Result<void> fill_signer_claims();
    Result<void> check_key_transport() const;
    bool is_signed(xml::Element element) const {
        return !signatures_.empty() && signatures_.primary().covers(element);
    }

    const VerificationInput& input_;
    const TimeLimits times_;
    const xml::Document& document_;
    const Positions& at_;
    IdIndex ids_;
    SignatureSet signatures_;
    std::optional<SamlAssertion> assertion_;
    Claims claims_;
};

// The whole of `utf8`, of which `layout` is, as a tree, with xmlsec1 doing the cryptography.
Verdict verify_tree(std::string_view utf8, const soap::Layout& layout, const xml::Limits& limits,
                    const VerificationInput& input);
// The same of a tree that is there already. `pending`: what of it was encrypted before signing, so that it
// must be signed; null: nothing.
Verdict verify_tree(const xml::Document& document, const soap::Layout& layout, const xml::Limits& limits,
                    const VerificationInput& input, const Decryption* pending);

Rejection reject(const Error& error);

}  // namespace hutong::security
