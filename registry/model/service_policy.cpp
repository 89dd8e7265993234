#include "registry/model/service_policy.hpp"

#include <algorithm>
#include <array>

#include "security/xmldsig/algorithms.hpp"
#include "security/xmlenc/algorithms.hpp"

namespace hutong::registry {

namespace {

using std::chrono::seconds;

// Longer ones would make the replay table of a restarted node grow beyond what it can hold.
constexpr seconds longest_freshness{3600};
constexpr seconds longest_skew{600};

// What policy can say but nothing here enforces yet: refused, never passed over.
const char* not_enforced(const ServicePolicy& policy) {
    if (!policy.response.encrypt_headers.empty())
        return "response.encrypt_headers: of answers only the Body is encrypted";
    return nullptr;
}

Result<void> check_times(const char* direction, const security::MessagePolicy& message) {
    const std::string at(direction);
    if (message.freshness && (message.freshness->count() < 1 || *message.freshness > longest_freshness))
        return invalid(at + ".freshness must be 1 to " + std::to_string(longest_freshness.count()) +
                       " seconds");
    if (message.clock_skew && *message.clock_skew > longest_skew)
        return invalid(at + ".clock_skew must be at most " + std::to_string(longest_skew.count()) +
                       " seconds");
    return {};
}

bool has(const std::vector<std::string_view>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

template <class Row>
std::vector<std::string_view> uris_of(std::span<const Row> rows) {
    std::vector<std::string_view> uris;
    for (const Row& row : rows)
        if (uris.empty() || uris.back() != row.uri) uris.push_back(row.uri);  // one for all its digests
    return uris;
}

constexpr std::array keys{
    AlgorithmKey{"signature_algorithms", &security::MessagePolicy::signature_algorithms,
                 [] { return uris_of(security::signature_algorithms()); }},
    AlgorithmKey{"content_algorithms", &security::MessagePolicy::content_algorithms,
                 [] { return uris_of(security::content_ciphers()); }},
    AlgorithmKey{"key_transports", &security::MessagePolicy::key_transports,
                 [] { return uris_of(security::key_transports()); }},
};

Result<void> check_algorithms(const ServicePolicy& policy) {
    for (const AlgorithmKey& key : keys)
        for (const std::string& uri : policy.request.*key.list)
            if (!has(key.known(), uri))
                return invalid("request." + std::string(key.name) + ": \"" + uri +
                               "\" is no algorithm of this gateway");
    const std::string& answers = policy.response.signature_algorithm;
    if (answers.empty() || has(answer_algorithms(), answers)) return {};
    return invalid("response.signature_algorithm: \"" + answers + "\" is none that this gateway signs with");
}

// What is asked of encryption is looked at in messages whose Security header is read.
Result<void> check_encryption(const ServicePolicy& policy) {
    const security::MessagePolicy& request = policy.request;
    if (request.asks_for_claims()) return {};
    const char* const key = request.encrypt_body                  ? "encrypt_body"
                            : !request.encrypt_headers.empty()    ? "encrypt_headers"
                            : !request.content_algorithms.empty() ? "content_algorithms"
                            : !request.key_transports.empty()     ? "key_transports"
                                                                  : nullptr;
    if (key == nullptr) return {};
    return invalid("request." + std::string(key) +
                   " is for messages with a Security header; ask for signatures or a token as well");
}

// Parts and algorithms of a signature that answers do not have.
Result<void> check_answers(const ServicePolicy& policy) {
    const security::MessagePolicy& response = policy.response;
    for (const xml::QName& name : response.sign_headers)
        if (name.ns == soap::ns_wsse)
            return invalid("response.sign_headers: " + name.text() +
                           " is the gateway's own to make; name headers of the service");
    if (response.sign_body) return {};
    const char* const key = response.sign_addressing                ? "sign_addressing"
                            : !response.sign_headers.empty()        ? "sign_headers"
                            : !response.signature_algorithm.empty() ? "signature_algorithm"
                                                                    : nullptr;
    if (key == nullptr) return {};
    return invalid("response." + std::string(key) + " needs response.sign");
}

Result<void> check_plain(const ServicePolicy& policy) {
    if (policy.request.asks_for_signature() || policy.request.sign_addressing ||
        policy.request.sign_attachments)
        return invalid("[request] asks for signatures, which preset plain does not have; use preset sign");
    if (policy.response.sign_body)
        return invalid("response.sign is true, but preset plain signs nothing; use preset sign");
    if (policy.request.encrypt_body || policy.response.encrypt_body)
        return invalid("preset plain encrypts nothing but the connection; use preset sign-encrypt");
    if (policy.replay == ReplayScope::shared)
        return invalid("replay = \"shared\" is for signed messages; use preset sign");
    return {};
}

}  // namespace

std::span<const AlgorithmKey> algorithm_keys() {
    return keys;
}

std::vector<std::string_view> answer_algorithms() {
    std::vector<std::string_view> uris;
    for (const security::KeyKind kind :
         {security::KeyKind::rsa, security::KeyKind::p256, security::KeyKind::sm2})
        uris.push_back(security::default_signature_algorithm(kind).uri);
    return uris;
}

Result<void> check_answer_key(const ServicePolicy& before, const ServicePolicy& policy,
                              std::span<const security::KeyKind> signs_with) {
    const std::string& uri = policy.response.signature_algorithm;
    if (uri == before.response.signature_algorithm) return {};
    const security::SignatureAlgorithm* const row = security::find_signature_row(uri);
    if (row == nullptr || std::find(signs_with.begin(), signs_with.end(), row->key) != signs_with.end())
        return {};
    return invalid("response.signature_algorithm: \"" + uri + "\" goes with a key of the kind " +
                   std::string(security::to_string(row->key)) +
                   ", and this node has none; choose another or, for SM2, set security.sm2 = true and start "
                   "the node again");
}

ServicePolicy preset_policy(Policy preset) {
    ServicePolicy policy;
    const bool signs = preset != Policy::plain;
    for (security::MessagePolicy* const message : {&policy.request, &policy.response})
        message->sign_body = message->timestamp = signs;
    policy.request.sign_addressing = policy.request.sign_attachments = signs;
    policy.request.encrypt_body = policy.response.encrypt_body = preset == Policy::sign_encrypt;
    return policy;
}

std::vector<std::string> weaknesses(Policy preset, const ServicePolicy& policy) {
    std::vector<std::string> found;
    if (preset == Policy::plain) return found;  // every caller comes by mutual TLS
    if (!policy.request.sign_body)
        found.emplace_back("request.sign_body = false lets anybody on the way alter requests");
    if (!policy.request.timestamp)
        found.emplace_back("request.timestamp = false lets requests be sent again at any later time");
    if (!policy.request.sign_addressing)
        found.emplace_back("request.sign_addressing = false lets wsa headers be exchanged");
    if (policy.request.sign_body && !policy.request.sign_attachments)
        found.emplace_back(
            "request.sign_attachments = false lets attachments be exchanged, added and taken away");
    if (!policy.response.sign_body)
        found.emplace_back("response.sign = false lets anybody on the way alter answers");
    if (preset == Policy::sign_encrypt && !policy.request.encrypt_body)
        found.emplace_back("request.encrypt_body = false lets anybody on the way read requests");
    if (preset == Policy::sign_encrypt && !policy.response.encrypt_body)
        found.emplace_back("response.encrypt_body = false lets anybody on the way read answers");
    return found;
}

Result<void> check_policy(Policy preset, const ServicePolicy& policy) {
    HUTONG_TRY(check_times("request", policy.request));
    HUTONG_TRY(check_times("response", policy.response));
    HUTONG_TRY(check_algorithms(policy));
    if (preset == Policy::plain) HUTONG_TRY(check_plain(policy));
    HUTONG_TRY(check_encryption(policy));
    HUTONG_TRY(check_answers(policy));
    const security::AcceptedTokens& tokens = policy.request.tokens;
    if (!tokens.x509 && !tokens.username && !tokens.saml)
        return invalid(
            "request accepts no token at all; set one of accept_x509, accept_username, accept_saml");
    if (policy.signature_confirmation && !policy.response.sign_body)
        return invalid("signature_confirmation needs response.sign");
    if (policy.replay == ReplayScope::shared && !policy.request.timestamp)
        return invalid("replay = \"shared\" needs request.timestamp, which says when a key may be forgotten");
    if (const char* const missing = not_enforced(policy))
        return refused(std::string(missing) + ", which this version does not have");
    if (policy.accept_weak) return {};
    std::string all;
    for (const std::string& weakness : weaknesses(preset, policy))
        all += (all.empty() ? "" : "; ") + weakness;
    if (all.empty()) return {};
    return refused("the policy is weak: " + all + "; if that is meant, set accept_weak = true");
}

}  // namespace hutong::registry
