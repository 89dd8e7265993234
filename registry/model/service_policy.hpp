// What a service demands of messages beyond its preset: per direction, and towards the backend.
//
// A preset (plain, sign) is a starting point; the detailed policy is complete in itself, so that a later
// version's presets change no service. Values, pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "security/inbound/policy.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::registry {

// plain: mutual TLS names the caller; sign: WS-Security signature; sign_encrypt: and XML Encryption of the
// Body
enum class Policy { plain, sign, sign_encrypt };
enum class Forward { stripped, unchanged, re_signed };  // what happens to the gateway's Security header
enum class ReplayScope { local, shared };               // this node's memory | PostgreSQL, for all nodes

struct ServicePolicy {
    security::MessagePolicy request;
    security::MessagePolicy response;
    bool signature_confirmation{false};  // WSS 1.1 SignatureConfirmation in answers
    ReplayScope replay{ReplayScope::local};
    bool identity{true};  // the signed Hutong-Identity header goes to the backend
    security::KeyKind backend_key{
        security::KeyKind::p256};  // that signs it, and re-signed messages; sm2: these only
    std::string backend_domain;    // of the configuration: how SM2 signatures are written for it; empty: none
    bool accept_weak{false};       // somebody said in so many words that weaknesses are meant
};

// A key of [request] that narrows algorithms to those it lists: where they are kept, and the URIs of all that
// this gateway has.
struct AlgorithmKey {
    const char* name;
    std::vector<std::string> security::MessagePolicy::*list;
    std::vector<std::string_view> (*known)();
};
std::span<const AlgorithmKey> algorithm_keys();
// The URIs that answers can be signed by; each goes with one kind of key.
std::vector<std::string_view> answer_algorithms();

ServicePolicy preset_policy(Policy preset);

// What would let in or send out a message without the protection that the preset's name promises; each one a
// clause that names its key.
std::vector<std::string> weaknesses(Policy preset, const ServicePolicy& policy);

// Errors, naming the key: invalid (contradictions, values out of range), refused (what this version cannot
// enforce; weaknesses without accept_weak).
Result<void> check_policy(Policy preset, const ServicePolicy& policy);

// Whether a node with these kinds of key can answer as a changed policy wants; what was so `before`, perhaps
// by another node with other keys, is left alone. Error: invalid, naming the key.
Result<void> check_answer_key(const ServicePolicy& before, const ServicePolicy& policy,
                              std::span<const security::KeyKind> signs_with);

}  // namespace hutong::registry
