// What the gateway knows beforehand about callers and their tokens, as the verifier is given it for one
// message.
//
// Views of what the routing table and the settings own; they must outlive the verification.
#pragma once

#include <string>

#include "security/inbound/policy.hpp"
#include "security/tokens/guess_limit.hpp"
#include "security/tokens/known_certificates.hpp"
#include "security/tokens/saml_issuers.hpp"
#include "security/tokens/username_token.hpp"
#include "security/trust/trust_domains.hpp"

namespace hutong::security {

struct TokenContext {
    AcceptedTokens accepted;
    bool over_tls{false};
    std::string sender;                              // the address the message came from
    const KnownCertificates* certificates{nullptr};  // null: none is known
    const Passwords* passwords{nullptr};             // null: nobody has one
    GuessLimit* guesses{nullptr};                    // must be there where passwords are
    const SamlIssuers* issuers{nullptr};             // null: none is trusted
    const TrustDomains* domains{nullptr};            // null: none is configured
};

}  // namespace hutong::security
