// One name for a signature, however its value is written: what the replay window remembers it by.
//
// Anybody can turn an ECDSA signature (r, s) into (r, n - s), which verifies as well (SEC 1 section 4.1.4): a
// window that remembered the SignatureValue would let each message in twice. RSA, PSS and EdDSA values have
// one form that verifies, as OpenSSL checks their range. Pure, thread-safe.
#pragma once

#include <string>

#include "security/xmldsig/public_key.hpp"

namespace hutong::security {

// `value`: the octets of a SignatureValue that has verified with `key`; for ECDSA r and s side by side.
std::string signature_identity(const PublicKey& key, ByteView value);  // base64

}  // namespace hutong::security
