// A private key that signs and never leaves its provider, with the certificate that speaks for it.
//
// Implementations are thread-safe: sign() may run on any number of threads at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace hutong::security {

class DecryptionKey;

enum class KeyKind { rsa, p256 };
std::string_view to_string(KeyKind kind);

class SigningKey {
  public:
    virtual ~SigningKey() = default;
    virtual KeyKind kind() const = 0;
    // DER, the signing certificate first, then its issuers without the root.
    virtual const std::vector<Bytes>& certificates() const = 0;
    // RSA: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2). P-256: ECDSA with SHA-256 as raw r‖s, 64
    // bytes (RFC 4051 section 2.3.6, the form XML Signature uses).
    virtual Result<Bytes> sign(ByteView data) const = 0;
};

// This node's keys, found by kind. Immutable; replaced as a whole on reload.
struct SigningKeys {
    std::shared_ptr<const SigningKey> rsa;
    std::shared_ptr<const SigningKey> p256;
    std::shared_ptr<const DecryptionKey> decryption;  // null: encrypted messages are refused
    const SigningKey& of(KeyKind kind) const { return kind == KeyKind::rsa ? *rsa : *p256; }
};

// PEM files: an unencrypted private key that nobody else may read (mode 0600), and its certificate chain.
// Errors: refused (mode), not_found, invalid (not a key we sign with, or the certificate is not the key's).
Result<std::shared_ptr<const SigningKey>> load_pem_key(const std::string& key_file,
                                                       const std::string& chain_file);

}  // namespace hutong::security
