// Signs an outgoing SOAP message: wsu:Timestamp and Body, BinarySecurityToken, exclusive c14n, SHA-256.
//
// WS-Security 1.1.1. Adds one Security header to the bytes given and changes nothing else but a wsu:Id on
// Body when it has none. Thread-safe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/xml/soap.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

// A header block that is added and signed. Its text must be its own exclusive canonical form.
struct SignedBlock {
    std::string id;  // its wsu:Id
    std::string text;
};

struct SignOptions {
    std::chrono::seconds lifetime{300};
    TimePoint now;
    std::vector<SignedBlock> blocks{};
};

Result<std::string> sign_message(std::string_view utf8, const soap::Layout& layout, const SigningKey& key,
                                 const SignOptions& options);

}  // namespace hutong::security
