// Callers that are known by more than the certificate that signed: by password, by SAML assertion, with
// further signatures.
//
// Used by the stages verify, authenticate and replay. UsernameToken Profile 1.1.1, SAML Token Profile 1.1.1.
// Functions of the exchange, as thread-safe as it is.
#pragma once

#include "gateway/pipeline/exchange.hpp"
#include "gateway/stages/replay.hpp"

namespace hutong::gateway {

// What the reader of this call's message may know of callers; which tokens are taken its policy says.
security::TokenContext tokens_of(const Exchange& exchange);

// Whether the claims hold more than one signature by the key of a certificate.
bool has_tokens(const security::Claims& claims);

// Finds trust and consumer for such claims.
std::optional<Refusal> identify_by_tokens(Exchange& exchange);

// Under which it is remembered.
std::string one_time_key(const security::OneTime& once);

// Enters the nonces and one-time assertions of the claims.
std::optional<Refusal> enter_one_time(Exchange& exchange, ReplayWindow& window);

}  // namespace hutong::gateway
