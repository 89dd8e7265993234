// Encrypts documents for certificates and opens what was encrypted for one of our keys.
//
// CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM (RFC 5084), content keys wrapped by RSA-OAEP (RFC 3560).
// Nothing else is opened: ciphertext that is not authenticated, or a key wrapped by RSA 1.5, would let a
// caller ask about plaintexts it does not have. Pure functions, thread-safe as far as the key is.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/xmlenc/decryption_key.hpp"

namespace hutong::security {

// DER. Errors: invalid, when a recipient has no RSA key; internal.
Result<Bytes> encrypt_cms(ByteView content, const std::vector<Bytes>& recipients);

// Whatever is wrong, the error is refused, and callers must be told one and the same thing; the detail is for
// the journal.
Result<Bytes> decrypt_cms(ByteView cms, const DecryptionKey& key);

}  // namespace hutong::security
