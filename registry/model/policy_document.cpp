#include "registry/model/policy_document.hpp"

#include <algorithm>

#include "base/config/toml_fields.hpp"

namespace hutong::registry {

namespace {

constexpr config::Names<Policy, 3> presets{
    {{Policy::plain, "plain"}, {Policy::sign, "sign"}, {Policy::sign_encrypt, "sign-encrypt"}}};
constexpr config::Names<Forward, 3> backend_forms{
    {{Forward::stripped, "stripped"}, {Forward::unchanged, "unchanged"}, {Forward::re_signed, "re-signed"}}};
constexpr config::Names<ReplayScope, 2> scopes{
    {{ReplayScope::local, "local"}, {ReplayScope::shared, "shared"}}};
constexpr config::Names<security::KeyKind, 3> key_kinds{
    {{security::KeyKind::rsa, "rsa"}, {security::KeyKind::p256, "p256"}, {security::KeyKind::sm2, "sm2"}}};

// What is kept with the service's row.
template <class Visitor, class AnyPolicy>
void walk_stored(Visitor& v, AnyPolicy& p) {
    v.field("identity", p.identity, "a signed Hutong-Identity header goes to the backend");
    v.choice("backend_key", p.backend_key, key_kinds, "signs it, and what is re-signed: p256, rsa or sm2");
    v.field("backend_domain", p.backend_domain,
            "whose trust domain's SM2 names, form and id what is re-signed has; empty: the gateway's own");
    v.choice("replay", p.replay, scopes, "local: this node's memory; shared: PostgreSQL, for all nodes");
    v.field("signature_confirmation", p.signature_confirmation, "WSS 1.1 SignatureConfirmation in answers");
    v.field("accept_weak", p.accept_weak, "true: what weakens the preset is meant");

    v.section("request", "What callers must send.");
    v.field("sign_body", p.request.sign_body, "the Body must be signed");
    v.field("timestamp", p.request.timestamp, "a signed wsu:Timestamp must be there");
    v.field("sign_addressing", p.request.sign_addressing, "wsa headers, where present, must be signed");
    v.field("sign_headers", p.request.sign_headers, "likewise these, written {namespace}name");
    v.field("sign_attachments", p.request.sign_attachments, "with the Body every MIME part must be signed");
    v.field("encrypt_body", p.request.encrypt_body, "the Body's content must come encrypted");
    v.field("encrypt_headers", p.request.encrypt_headers, "likewise these, where present");
    v.field("accept_x509", p.request.tokens.x509, "a signature by a certificate's key names the caller");
    v.field("accept_username", p.request.tokens.username, "a UsernameToken does");
    v.field("accept_saml", p.request.tokens.saml, "a SAML 2.0 assertion does");
    v.field("signature_algorithms", p.request.signature_algorithms, "URIs or their last part; none: all");
    v.field("content_algorithms", p.request.content_algorithms,
            "likewise, by which content may come encrypted, such as aes256-gcm");
    v.field("key_transports", p.request.key_transports,
            "likewise, by which its key may come, such as rsa-oaep");
    v.field("clock_skew", p.request.clock_skew, "seconds a caller's clock may be ahead");
    v.field("freshness", p.request.freshness, "seconds a request may live");

    v.section("response", "What callers get.");
    v.field("sign", p.response.sign_body, "Body and wsu:Timestamp are signed");
    v.field("sign_addressing", p.response.sign_addressing, "wsa headers, where present, are signed too");
    v.field("sign_headers", p.response.sign_headers, "likewise these, written {namespace}name");
    v.field("signature_algorithm", p.response.signature_algorithm,
            "by which answers are signed, such as rsa-sha256; empty: by the kind of the caller's key");
    v.field("encrypt_body", p.response.encrypt_body, "the Body's content is encrypted for the caller");
    v.field("encrypt_headers", p.response.encrypt_headers, "likewise these");
    v.field("freshness", p.response.freshness, "seconds an answer's Timestamp lives");
}

template <class Visitor, class AnyService>
void walk(Visitor& v, AnyService& s) {
    v.section("", "The policy of one service; docs/policies.md explains the keys.");
    v.choice("preset", s.policy, presets,
             "plain: mutual TLS; sign: WS-Security signatures; sign-encrypt: and encryption");
    v.choice("backend", s.forward, backend_forms, "what the backend gets: stripped, unchanged or re-signed");
    walk_stored(v, s.security);
}

std::string_view last_part(std::string_view uri) {
    return uri.substr(uri.find('#') + 1);
}

// "rsa-sha256" is enough for people; policies hold URIs.
Result<void> complete_name(const std::string& key, const std::vector<std::string_view>& uris,
                           std::string& name) {
    std::set<std::string> known;
    for (const std::string_view uri : uris) {
        if (uri == name || last_part(uri) == name) {
            name = std::string(uri);
            return {};
        }
        known.emplace(last_part(uri));
    }
    return invalid(key + ": \"" + name + "\" is no algorithm of this gateway for that; the nearest is \"" +
                   nearest(name, known) + "\"");
}

Result<void> complete(ServicePolicy& policy) {
    policy.response.timestamp = policy.response.sign_body;  // answers are signed whole or not at all
    for (const AlgorithmKey& key : algorithm_keys())
        for (std::string& name : policy.request.*key.list)
            HUTONG_TRY(complete_name("request." + std::string(key.name), key.known(), name));
    if (policy.response.signature_algorithm.empty()) return {};
    return complete_name("response.signature_algorithm", answer_algorithms(),
                         policy.response.signature_algorithm);
}

}  // namespace

Result<void> apply_policy(std::string_view document, std::string_view name, Service& service) {
    HUTONG_ASSIGN(const toml::table table, config::parse_toml(document, name));
    Service changed = service;
    if (const auto preset = table["preset"].value<std::string>()) {
        const Result<Policy> known = policy_from(*preset);
        if (known.has_error()) return known.error().at(name);
        changed.policy = *known;
        changed.security = preset_policy(*known);
    }
    config::FieldReader reader(table, name);
    walk(reader, changed);
    HUTONG_TRY(reader.finish());
    Result<void> good = complete(changed.security);
    if (good.has_value()) good = check_policy(changed.policy, changed.security);
    if (good.has_error()) return good.error().at(name);
    service = std::move(changed);
    return {};
}

std::string policy_document(const Service& service) {
    config::FieldWriter writer;
    walk(writer, service);
    return writer.text();
}

std::string stored_policy(const Service& service) {
    config::FieldWriter writer;
    writer.section("", "Kept by Hutong; change it with: hutong service policy.");
    walk_stored(writer, service.security);
    return writer.text();
}

ServicePolicy policy_of_stored(std::string_view text) {
    const toml::table table = config::parse_toml(text, "stored policy").value();
    ServicePolicy policy;
    config::FieldReader reader(table, "stored policy");
    reader.section("", "");
    walk_stored(reader, policy);
    reader.finish().value();
    complete(policy).value();
    return policy;
}

}  // namespace hutong::registry
