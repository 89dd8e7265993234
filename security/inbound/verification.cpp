#include "security/inbound/verification.hpp"

#include <algorithm>

#include "security/inbound/timestamp.hpp"
#include "security/xmldsig/nodes.hpp"

namespace hutong::security {

void throw_exception_from_error(const Rejection& rejection, const boost::source_location&) {
    throw Failure(refused(rejection.reason));
}

Rejection reject(const Error& error) {
    const bool away = error.code == ErrorCode::unavailable;
    return {away ? Rejection::Kind::unavailable : Rejection::Kind::not_verified, error.detail};
}

namespace {

bool is_addressing(xml::Element block) {
    return block.ns() == soap::ns_wsa;
}

}  // namespace

Result<void> Verification::index_ids() {
    std::vector<xml::Element> plain_id{at_.body};
    if (at_.timestamp) plain_id.push_back(at_.timestamp);
    std::copy_if(at_.blocks.begin(), at_.blocks.end(), std::back_inserter(plain_id), is_addressing);
    HUTONG_ASSIGN(ids_, IdIndex::make(document_, plain_id, at_.body));
    return {};
}

Result<void> Verification::check_algorithms() const {
    const auto& allowed = input_.policy.signature_algorithms;
    for (const PlacedSignature& one : signatures_.all()) {
        const std::string uri(one.shape.algorithm->uri);
        if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), uri) == allowed.end())
            return refused("signature method \"" + uri + "\" is none of those that policy takes");
    }
    return {};
}

Result<void> Verification::check_required(const PlacedSignature& signature) const {
    const MessagePolicy& policy = input_.policy;
    if (policy.sign_body && !signature.covers(at_.body)) return refused("Envelope/Body is not signed");
    if (policy.timestamp && at_.timestamp && !signature.covers(at_.timestamp))
        return refused("Envelope/Header/Security/Timestamp is not signed");
    for (const xml::Element block : at_.blocks) {
        if (policy.sign_addressing && is_addressing(block) && !signature.covers(block))
            return refused("Envelope/Header/wsa:" + std::string(block.local()) + " is not signed");
        const auto& names = policy.sign_headers;
        if (std::find(names.begin(), names.end(), block.name()) != names.end() && !signature.covers(block))
            return refused("header block " + block.name().text() + " is not signed");
    }
    return {};
}

// A reference into the document has no Content-ID, nor may a part have one: that makes them no match.
Result<void> Verification::check_attachments(const std::set<std::string>& included) const {
    if (input_.attachments == nullptr || !input_.policy.signs_attachments()) return {};
    std::set<std::string> covered;
    if (is_signed(at_.body)) covered = included;
    if (!signatures_.empty())
        for (const ReferenceShape& reference : signatures_.primary().shape.references)
            covered.insert(reference.content_id);
    for (const AttachmentInfo& part : input_.attachments->parts()) {
        if (part.content_id.empty())
            return refused("an attachment has no Content-ID, so no reference can have signed it");
        if (!covered.contains(part.content_id))
            return refused("the attachment cid:" + part.content_id + " is not signed");
    }
    return {};
}

Result<void> Verification::check_message_id() const {
    const auto ids = std::count_if(at_.blocks.begin(), at_.blocks.end(), [](xml::Element block) {
        return is_addressing(block) && block.local() == "MessageID";
    });
    if (ids > 1) return refused("there is more than one wsa:MessageID");
    return {};
}

// Before the keys are looked for, since the assertion may hold one. Where policy takes none it is as any
// other element that this gateway does not know.
Result<void> Verification::judge_assertion() {
    if (!at_.assertion || !input_.policy.tokens.saml) return {};
    if (input_.tokens.issuers == nullptr) return refused("no issuer of SAML assertions is configured");
    HUTONG_ASSIGN(assertion_, security::judge_assertion(at_.assertion, ids_, *input_.tokens.issuers,
                                                        times_.clock_skew, input_.now));
    return {};
}

Result<void> Verification::bind_assertion() {
    if (!assertion_) return {};
    if (signatures_.empty()) return refused("a SAML assertion needs a signature that goes with it");
    const PlacedSignature& primary = signatures_.primary();
    if (assertion_->holder_of_key) {
        if (!primary.token.by_assertion && primary.token.certificate != assertion_->certificate)
            return refused("the message is not signed by the holder of the assertion's key");
    } else if (!primary.covers(at_.assertion)) {
        return refused("the sender does not vouch for the assertion: it is not signed with the message");
    }
    claims_.saml = SamlClaim{assertion_->issuer, assertion_->subject, !assertion_->holder_of_key};
    if (assertion_->one_time)
        claims_.one_time.push_back({"assertion " + assertion_->issuer + " " + assertion_->id,
                                    assertion_->until + times_.clock_skew});
    return {};
}

// After the signatures, so that where policy wants one only those who have a key can try passwords.
Result<void> Verification::judge_user() {
    const TokenContext& tokens = input_.tokens;
    if (!at_.username_token || !input_.policy.tokens.username) return {};
    if (tokens.passwords == nullptr || tokens.guesses == nullptr) return refused("no passwords are known");
    if (!signatures_.empty() && !is_signed(at_.username_token))
        return refused("the UsernameToken is not signed with the message");
    if (signatures_.empty() && !tokens.over_tls)
        return refused("a UsernameToken without a signature did not come over TLS");
    HUTONG_ASSIGN(UsernameClaim user,
                  judge_username_token(at_.username_token,
                                       {*tokens.passwords, *tokens.guesses, tokens.sender, tokens.over_tls},
                                       times_, input_.now));
    claims_.username = std::move(user.user);
    claims_.one_time.push_back({std::move(user.nonce_key), user.nonce_until});
    return {};
}

Result<void> Verification::fill_signer_claims() {
    claims_.security_headers = at_.security_headers;
    if (signatures_.empty()) return {};
    const PlacedSignature& primary = signatures_.primary();
    claims_.certificate = primary.token.certificate;
    claims_.chain = primary.token.chain;
    claims_.key_kind = primary.key_kind;
    claims_.signature_algorithm = std::string(primary.shape.algorithm->uri);
    claims_.signature_value = primary.shape.value;
    claims_.body_signed = primary.covers(at_.body);
    for (const PlacedSignature& one : signatures_.all()) {
        claims_.signature_values.push_back(one.shape.value);
        if (&one != &primary) claims_.endorsers.push_back(one.token.certificate);
    }
    for (const xml::Element block : at_.blocks) {
        const xml::QName name = block.name();
        const bool all_signed = std::all_of(at_.blocks.begin(), at_.blocks.end(), [&](xml::Element other) {
            return other.name() != name || primary.covers(other);
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

// What older stacks encrypt with is for trust domains that allow it, and nobody can say whose a message is
// before its signature is good. The domain is known by the issuer's name on the certificate, which is only
// claimed as yet; but whoever is believed later has a path to a CA of that name. A holder of a key that an
// assertion vouches for needs none, so of him it would prove nothing.
Result<void> Verification::check_key_transport() const {
    if (input_.transport == nullptr || !input_.transport->sha1) return {};
    const std::string what = "key transport with SHA-1 (" + std::string(input_.transport->uri) + ")";
    if (claims_.certificate.empty() || (claims_.saml && !claims_.saml->vouched))
        return refused(what + " by a sender whose trust domain is not known");
    const TrustDomains* const domains = input_.tokens.domains;
    HUTONG_ASSIGN(
        const TrustDomains::Domain* const domain,
        (domains != nullptr ? *domains : default_trust_domains()).of_certificate(claims_.certificate));
    if (!domain->allow_oaep_sha1)
        return refused(what +
                       " is off in the signer's trust domain; allow_oaep_sha1 of the domain turns it on");
    return {};
}

// The order is cheap and structural first, cryptography last.
Result<void> Verification::read() {
    const bool user_alone = input_.policy.tokens.username && at_.username_token && !input_.policy.sign_body &&
                            !input_.policy.timestamp;
    if (at_.signatures.empty() && !user_alone) return refused("the Security header holds no signature");
    HUTONG_TRY(index_ids());
    HUTONG_ASSIGN(signatures_, SignatureSet::read(
                                   at_, ids_, {input_.options.max_references, input_.options.max_transforms},
                                   input_.values));
    return {};
}

// All that happens before the caller is known.
Result<void> Verification::check(const SignatureSet::Check& check) {
    HUTONG_TRY(check_algorithms());
    HUTONG_TRY(signatures_.choose([this](const PlacedSignature& one) { return check_required(one); }));
    HUTONG_TRY(check_message_id());
    HUTONG_TRY(judge_assertion());
    HUTONG_TRY(signatures_.verify({at_.security, ids_, input_.tokens.certificates,
                                   assertion_ ? &*assertion_ : nullptr, input_.tokens.domains},
                                  check));
    HUTONG_TRY(bind_assertion());
    HUTONG_TRY(judge_user());
    HUTONG_TRY(fill_signer_claims());
    HUTONG_TRY(check_key_transport());
    if (!input_.policy.tokens.x509 && !claims_.saml && !claims_.username)
        return refused("the message has none of the tokens that policy takes");
    return {};
}

Verdict Verification::verify(const SignatureSet::Check& check) {
    if (const auto checked = this->check(check); checked.has_error()) return reject(checked.error());
    // From here on the signer is known to have said all this, and may be told what is wrong.
    if (!at_.timestamp || !is_signed(at_.timestamp)) {
        if (input_.policy.timestamp) return Rejection{Rejection::Kind::expired, "there is no wsu:Timestamp"};
        return std::move(claims_);
    }
    const auto life = judge_timestamp(at_.timestamp, times_, input_.now);
    if (life.has_error()) return Rejection{Rejection::Kind::expired, life.error().detail};
    claims_.created = life->created;
    claims_.expires = life->expires;
    return std::move(claims_);
}

}  // namespace hutong::security
