// Encrypts an outgoing message, signed before, for one receiver: the content of Body, and the signature.
//
// WS-Security 1.1.1 section 9, XML Encryption 1.1. The signature is encrypted too since its digest of a Body
// with few possible contents would tell which it is. The EncryptedKey becomes the first child of the Security
// header, so that a receiver, who works in the order of that header, decrypts first and then verifies.
// Changes nothing else. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/xml/soap.hpp"
#include "security/xmlenc/algorithms.hpp"

namespace hutong::security {

struct EncryptOptions {
    const KeyTransport* transport{&key_transports().front()};
    const ContentCipher* cipher{&content_ciphers().front()};
};

// Whether messages can be encrypted for the holder of this certificate (DER). Error: refused, saying what it
// would need: an RSA key of at least 2048 bits and a key usage that allows encrypting keys, if any is given;
// or an SM2 key and a key usage for encryption only. The kind of its key.
Result<KeyKind> check_encryption_certificate(ByteView certificate);

// `layout` must be of `utf8`, and options.transport of the certificate's kind of key. Errors: refused
// (certificate), invalid (there is no Security header of ours).
Result<std::string> encrypt_message(std::string_view utf8, const soap::Layout& layout, ByteView certificate,
                                    const EncryptOptions& options);

}  // namespace hutong::security
