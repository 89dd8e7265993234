// The refusals of the message path, by name: which fault each one is and what callers are told.
//
// WS-Security 1.1.1 section 12 (fault codes), SOAP 1.1 section 4.4.1, SOAP 1.2 section 5.4.6. Before a
// signature has verified there is one code and one text, whatever the reason.
#pragma once

#include <string>

#include "gateway/pipeline/exchange.hpp"

namespace hutong::gateway::refuse {

Refusal not_soap(unsigned http_status, std::string reason);    // plain HTTP answer
Refusal sender(std::string reason, std::string cause = {});    // the caller's to mend
Refusal receiver(std::string reason, std::string cause = {});  // ours or the backend's
Refusal version_mismatch(std::string reason);
Refusal no_security_header();                                          // wsse:InvalidSecurity
Refusal not_encrypted(std::string cause);                              // wsse:InvalidSecurity
Refusal cannot_encrypt(std::string cause);                             // wsse:UnsupportedAlgorithm
Refusal not_verified(std::string cause);                               // wsse:FailedCheck
Refusal expired(std::string cause);                                    // wsu:MessageExpired
Refusal failed_authentication(std::string reason, std::string cause);  // wsse:FailedAuthentication
Refusal replayed(std::string cause);  // wsse:FailedCheck, after the signature

// The Refusal as the reply of the exchange.
void answer_with(Exchange& exchange, const Refusal& refusal);

}  // namespace hutong::gateway::refuse
