// Encrypts and decrypts the octets of one EncryptedData: IV, ciphertext and, for GCM, the tag in one piece.
//
// XML Encryption 1.1 sections 5.2.2 (CBC and its padding) and 5.2.4 (GCM). Pure functions, safe from any
// thread.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/xmlenc/algorithms.hpp"

namespace hutong::security {

// With a fresh random IV. `key` has cipher.key_bytes. Error: internal, when OpenSSL fails.
Result<Bytes> seal(const ContentCipher& cipher, ByteView key, std::string_view plaintext);

// One error, refused, for everything that can be wrong with `sealed` or `key`.
Result<std::string> unseal(const ContentCipher& cipher, ByteView key, ByteView sealed);

}  // namespace hutong::security
