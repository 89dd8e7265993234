// Whether a recorded message's own signature verifies, from its bytes alone.
//
// The gateway's readers do it (security/inbound), under the least policy: the Body must be signed. Freshness
// is not judged again, for the configuration of then is not known. Safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "security/inbound/claims.hpp"
#include "security/tokens/known_certificates.hpp"
#include "security/trust/trust_domains.hpp"

namespace hutong::security::evidence {

struct MessageFinding {
    std::optional<Claims> claims;  // the signature is good
    std::string problem;           // else why not
    bool undecidable{false};       // encrypted, or of a form whose check needs what is not in the message
};

// `domains`: that were agreed on then; null: it is not known which, and nothing that may depend on them is
// called broken.
MessageFinding check_message(std::string_view message, TimePoint received, const KnownCertificates& known,
                             const TrustDomains* domains);

}  // namespace hutong::security::evidence
