// Wraps a content key for the holder of an RSA key, by RSA-OAEP, or of an SM2 key.
//
// XML Encryption 1.1 section 5.5.2, RFC 8017 section 7.1, GB/T 32918.4. Pure functions, safe from any thread.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/xmlenc/algorithms.hpp"

struct evp_pkey_st;

namespace hutong::security {

// `key`: a public key of the kind that `transport` takes. Error: internal, when OpenSSL fails.
Result<Bytes> wrap_key(const KeyTransport& transport, evp_pkey_st* key, ByteView content_key);

// The content key, or nothing definite: any error, refused, is the same one.
Result<Bytes> unwrap_key(const KeyTransport& transport, evp_pkey_st* key, ByteView wrapped);

}  // namespace hutong::security
