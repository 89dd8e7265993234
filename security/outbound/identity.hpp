// Who is calling, said by the gateway to a backend and signed: as an HTTP header, or as a SOAP header block.
//
// The header is a JSON Web Signature (RFC 7515, compact) whose key is named by x5t#S256; docs/backends.md
// tells backends how to check both. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

inline constexpr std::string_view identity_header = "Hutong-Identity";

struct CallerIdentity {
    std::string consumer;
    std::string organisation;
    std::string service;  // org/name
    std::string operation;
    std::string exchange;     // incident id
    std::string certificate;  // SHA-256 thumbprint (hex) of what the caller was known by
    TimePoint time;
};

// `envelope` is the SHA-256 of the SOAP envelope as it goes to the backend: it ties the header to this one
// message.
Result<std::string> identity_token(const CallerIdentity& identity, const Sha256Digest& envelope,
                                   const SigningKey& key);

// A header block urn:hutong:gateway:1 Identity with this wsu:Id; its text is its own exclusive canonical
// form.
std::string identity_block(const CallerIdentity& identity, std::string_view id);

}  // namespace hutong::security
