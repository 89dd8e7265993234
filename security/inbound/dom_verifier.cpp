// The verifier that reads the message as a tree and lets xmlsec1 do the cryptography.
#include <algorithm>

#include "security/inbound/decryption.hpp"
#include "security/inbound/key_info.hpp"
#include "security/inbound/security_header.hpp"
#include "security/inbound/timestamp.hpp"
#include "security/inbound/verifier.hpp"
#include "security/xmldsig/ids.hpp"
#include "security/xmldsig/nodes.hpp"
#include "security/xmldsig/public_key.hpp"
#include "security/xmldsig/signature_check.hpp"
#include "security/xmldsig/signature_shape.hpp"

namespace hutong::security {

void throw_exception_from_error(const Rejection& rejection, const boost::source_location&) {
    throw Failure(refused(rejection.reason));
}

namespace {

using Elements = std::vector<xml::Element>;

Rejection reject(std::string reason) {
    return {Rejection::Kind::not_verified, std::move(reason)};
}
Rejection reject(const Error& error) {
    return reject(error.detail);
}

bool contains(const Elements& elements, xml::Element element) {
    return std::find(elements.begin(), elements.end(), element) != elements.end();
}

bool is_addressing(xml::Element block) {
    return block.ns() == soap::ns_wsa;
}

// One message on its way through the checks. Every step may assume those before it.
class Verification {
  public:
    // `pending`: what is to be decrypted once its signature was verified; null: nothing.
    Verification(const VerifyInput& input, const config::Security& options, const xml::Document& document,
                 const Positions& at, const Decryption* pending)
        : input_(input), options_(options), document_(document), at_(at), pending_(pending) {}

    Verdict run();

  private:
    Result<void> check();
    Result<void> resolve();  // references to elements
    Result<xml::Element> target(const ReferenceShape& reference);
    Result<void> check_required() const;  // parts that policy wants are among them
    Result<void> check_signature_value();
    Result<void> fill_claims();

    const VerifyInput& input_;
    const config::Security& options_;
    const xml::Document& document_;
    const Positions& at_;
    const Decryption* pending_;
    SignatureShape shape_;
    IdIndex ids_;
    Elements signed_;  // what the references digest, as elements at their place
    Claims claims_;
};

// The element whose content a reference covers; with the STR-Transform that is the token, which is no policy
// position.
Result<xml::Element> Verification::target(const ReferenceShape& reference) {
    HUTONG_ASSIGN(const xml::Element element, ids_.find(reference.id));
    if (!element) return refused("#" + reference.id + " points at nothing that may be signed by Id");
    // This makes enveloped-signature, where it is given, a no-op.
    if (is_ancestor_or_self(element, at_.signature))
        return refused("#" + reference.id + " contains the signature itself");
    if (comment_within_text(element))
        return refused("#" + reference.id + " has a comment in the middle of text");
    ids_.register_id(reference.id);
    if (!reference.str_transform) return element;
    if (!element.is(soap::ns_wsse, "SecurityTokenReference") || !is_ancestor_or_self(at_.security, element))
        return refused("#" + reference.id +
                       " has the STR-Transform but is no SecurityTokenReference of our header");
    HUTONG_ASSIGN(const xml::Element token, find_token(element, at_.security, ids_));
    ids_.register_id(element.first_child().attribute("URI")->substr(1));
    return token;
}

Result<void> Verification::resolve() {
    Elements plain_id{at_.body};
    if (at_.timestamp) plain_id.push_back(at_.timestamp);
    std::copy_if(at_.blocks.begin(), at_.blocks.end(), std::back_inserter(plain_id), is_addressing);
    HUTONG_ASSIGN(ids_, IdIndex::make(document_, plain_id, at_.body));
    for (const ReferenceShape& reference : shape_.references) {
        HUTONG_ASSIGN(const xml::Element element, target(reference));
        signed_.push_back(element);
    }
    return {};
}

Result<void> Verification::check_required() const {
    if (input_.required.body && !contains(signed_, at_.body)) return refused("Envelope/Body is not signed");
    if (input_.required.timestamp && at_.timestamp && !contains(signed_, at_.timestamp))
        return refused("Envelope/Header/Security/Timestamp is not signed");
    unsigned message_ids = 0;
    for (const xml::Element block : at_.blocks) {
        if (!is_addressing(block)) continue;
        if (input_.required.addressing && !contains(signed_, block))
            return refused("Envelope/Header/wsa:" + std::string(block.local()) + " is not signed");
        if (block.local() == "MessageID" && ++message_ids > 1)
            return refused("there is more than one wsa:MessageID");
    }
    return {};
}

Result<void> Verification::check_signature_value() {
    HUTONG_ASSIGN(SignerToken token, read_key_info(shape_.key_info, at_.security, ids_));
    HUTONG_ASSIGN(const PublicKey key, PublicKey::of_certificate(token.certificate));
    HUTONG_TRY(check_signature(shape_, key));
    claims_.certificate = std::move(token.certificate);
    claims_.chain = std::move(token.chain);
    claims_.key_kind = key.kind();
    return {};
}

Result<void> Verification::fill_claims() {
    claims_.signature_algorithm = std::string(shape_.algorithm->uri);
    claims_.signature_value = shape_.value;
    claims_.body_signed = contains(signed_, at_.body);
    claims_.security_headers = at_.security_headers;
    for (const xml::Element block : at_.blocks) {
        const xml::QName name = block.name();
        const bool all_signed = std::all_of(at_.blocks.begin(), at_.blocks.end(), [&](xml::Element other) {
            return other.name() != name || contains(signed_, other);
        });
        auto& headers = claims_.signed_headers;
        if (!all_signed || std::find(headers.begin(), headers.end(), name) != headers.end()) continue;
        headers.push_back(name);
        if (!is_addressing(block) || block.local() != "MessageID") continue;
        claims_.message_id = plain_text(block);
        if (!claims_.message_id || claims_.message_id->empty())
            return refused("wsa:MessageID is not a plain text");
    }
    return {};
}

// All that happens before the signer is known; the order is cheap and structural first, cryptography last.
Result<void> Verification::check() {
    HUTONG_ASSIGN(shape_, read_signature(at_.signature, {options_.max_references, options_.max_transforms}));
    HUTONG_TRY(resolve());
    HUTONG_TRY(check_required());
    if (pending_ != nullptr) HUTONG_TRY(pending_->check_signed(signed_));
    HUTONG_TRY(check_signature_value());
    return fill_claims();
}

Verdict Verification::run() {
    if (const auto checked = check(); checked.has_error()) return reject(checked.error());
    // From here on the signer is known to have said all this, and may be told what is wrong.
    if (!at_.timestamp || !contains(signed_, at_.timestamp)) {
        if (input_.required.timestamp)
            return Rejection{Rejection::Kind::expired, "there is no wsu:Timestamp"};
        return std::move(claims_);
    }
    const auto life = judge_timestamp(at_.timestamp, options_, input_.now);
    if (life.has_error()) return Rejection{Rejection::Kind::expired, life.error().detail};
    claims_.created = life->created;
    claims_.expires = life->expires;
    return std::move(claims_);
}

class DomVerifier final : public Verifier {
  public:
    DomVerifier(const config::Security& options, const xml::Limits& limits)
        : options_(options), limits_(limits) {}

    Verdict verify(const VerifyInput& input) const override {
        const auto document = xml::parse(input.utf8, limits_);
        if (document.has_error()) return reject(document.error());
        const auto decryption = Decryption::read(
            input.utf8, *document, *input.layout,
            {input.decryption_key, options_.allow_oaep_sha1, &options_.trusted_roles, &limits_});
        if (decryption.has_error()) return reject(decryption.error());
        if (!*decryption) {
            Verdict verdict = verify_as_it_is(input, *document, nullptr);
            if (verdict.has_value() && input.required.encrypted_body)
                return Rejection{Rejection::Kind::not_encrypted, "Envelope/Body is not encrypted"};
            return verdict;
        }
        return (*decryption)->before_signature() ? decrypt_then_verify(input, **decryption)
                                                 : verify_then_decrypt(input, *document, **decryption);
    }

  private:
    Verdict verify_as_it_is(const VerifyInput& input, const xml::Document& document,
                            const Decryption* pending) const {
        const auto positions = find_positions(document, *input.layout, options_.trusted_roles);
        if (positions.has_error()) return positions.error();
        return Verification(input, options_, document, *positions, pending).run();
    }

    Verdict decrypt_then_verify(const VerifyInput& input, const Decryption& decryption) const {
        auto decrypted = decryption.run();
        if (decrypted.has_error()) return reject(decrypted.error());
        const auto layout = soap::scan(decrypted->text, limits_);
        if (layout.has_error()) return reject(layout.error());
        const auto document = xml::parse(decrypted->text, limits_);
        if (document.has_error()) return reject(document.error());
        VerifyInput plain = input;
        plain.utf8 = decrypted->text;
        plain.layout = &*layout;
        Verdict verdict = verify_as_it_is(plain, *document, nullptr);
        return verdict.has_error() ? verdict : with(std::move(*verdict), input, std::move(*decrypted));
    }

    Verdict verify_then_decrypt(const VerifyInput& input, const xml::Document& document,
                                const Decryption& decryption) const {
        Verdict verdict = verify_as_it_is(input, document, &decryption);
        if (verdict.has_error()) return verdict;
        if (!input.believed || !input.believed(*verdict))
            return reject("it was encrypted before signing, and the signer is not believed");
        auto decrypted = decryption.run();
        if (decrypted.has_error()) return reject(decrypted.error());
        const auto layout = soap::scan(decrypted->text, limits_);
        if (layout.has_error()) return reject(layout.error());
        // Decryption changes no number of blocks, but their ranges.
        for (soap::Range& range : verdict->security_headers)
            for (std::size_t i = 0; i < layout->blocks.size(); ++i)
                if (input.layout->blocks[i].range.begin == range.begin) {
                    range = layout->blocks[i].range;
                    break;
                }
        return with(std::move(*verdict), input, std::move(*decrypted));
    }

    static Verdict with(Claims claims, const VerifyInput& input, Decrypted decrypted) {
        if (input.required.encrypted_body && !decrypted.parts.body)
            return Rejection{Rejection::Kind::not_encrypted, "Envelope/Body is not encrypted"};
        claims.encrypted = std::move(decrypted.parts);
        claims.plaintext = std::move(decrypted.text);
        return claims;
    }

    const config::Security options_;
    const xml::Limits limits_;
};

}  // namespace

std::unique_ptr<Verifier> make_dom_verifier(const config::Security& options, const xml::Limits& limits) {
    return std::make_unique<DomVerifier>(options, limits);
}

}  // namespace hutong::security
