#include "registry/model/service_policy.hpp"

#include "security/xmldsig/algorithms.hpp"

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

Result<void> check_algorithms(const std::vector<std::string>& uris) {
    for (const std::string& uri : uris)
        if (security::find_signature_algorithm(uri) == nullptr)
            return invalid("request.signature_algorithms: \"" + uri + "\" is no algorithm of this gateway");
    return {};
}

Result<void> check_plain(const ServicePolicy& policy) {
    if (policy.request.asks_for_signature() || policy.request.sign_addressing)
        return invalid("[request] asks for signatures, which preset plain does not have; use preset sign");
    if (policy.response.asks_for_signature())
        return invalid("response.sign is true, but preset plain signs nothing; use preset sign");
    if (policy.request.encrypt_body || policy.response.encrypt_body)
        return invalid("preset plain encrypts nothing but the connection; use preset sign-encrypt");
    if (policy.replay == ReplayScope::shared)
        return invalid("replay = \"shared\" is for signed messages; use preset sign");
    return {};
}

}  // namespace

ServicePolicy preset_policy(Policy preset) {
    ServicePolicy policy;
    const bool signs = preset != Policy::plain;
    for (security::MessagePolicy* const message : {&policy.request, &policy.response})
        message->sign_body = message->timestamp = signs;
    policy.request.sign_addressing = signs;
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
    HUTONG_TRY(check_algorithms(policy.request.signature_algorithms));
    if (preset == Policy::plain) HUTONG_TRY(check_plain(policy));
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
