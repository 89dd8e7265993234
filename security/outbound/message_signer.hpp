// Signs an outgoing SOAP message: wsu:Timestamp and Body, BinarySecurityToken, exclusive c14n, SHA-256.
//
// WS-Security 1.1.1. Adds one Security header to the bytes given and changes nothing else but a wsu:Id on
// Body when it has none. Thread-safe.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/xml/soap.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

struct SignOptions {
    std::chrono::seconds lifetime{300};
    TimePoint now;
    // The SignatureValue of each signature of the request that this answers; nullopt: not to be confirmed. An
    // empty list confirms that there was none (WS-Security 1.1.1 section 8.5).
    std::optional<std::vector<std::string>> confirm{};
};

Result<std::string> sign_message(std::string_view utf8, const soap::Layout& layout, const SigningKey& key,
                                 const SignOptions& options);

}  // namespace hutong::security
