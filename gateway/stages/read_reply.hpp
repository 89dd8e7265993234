// Finds the envelope in a backend's answer, and where the gateway will sign it, digests what it signs on the
// way.
#pragma once

#include "gateway/pipeline/exchange.hpp"

namespace hutong::gateway {

// For a reply whose body and content type are there; `policy` names the header blocks that are signed.
// Errors: it is no SOAP message.
Result<void> read_reply(Reply& reply, const config::Config& config,
                        const security::DigestAlgorithm* for_signing, const security::MessagePolicy& policy);

}  // namespace hutong::gateway
