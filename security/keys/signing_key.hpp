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
#include "security/keys/private_key.hpp"

struct evp_pkey_st;

namespace hutong::security {

class DecryptionKey;

class SigningKey {
  public:
    virtual ~SigningKey() = default;
    virtual KeyKind kind() const = 0;
    // DER, the signing certificate first, then its issuers without the root.
    virtual const std::vector<Bytes>& certificates() const = 0;
    // The octets of a ds:SignatureValue by the kind's default_signature_algorithm() (xmldsig/algorithms).
    virtual Result<Bytes> sign(ByteView data) const = 0;
    // The same by another SM2 id than the default one (GB/T 32918.2 section 5.5). Error: invalid, when it is
    // no SM2 key, or its provider signs by the default id only.
    virtual Result<Bytes> sign_as(std::string_view sm2_id, ByteView data) const {
        return PrivateKey::by_default_id(*this, sm2_id, data);
    }
    // Whether sign() may wait for something outside this process: then it is not for threads that carry
    // calls.
    virtual bool may_block() const { return false; }
    // Why it cannot sign now, as far as is known without asking; empty: nothing is known.
    virtual std::string trouble() const { return {}; }
};

// What is encrypted for this node is opened with one of these, found by the kind of key transport. Null: such
// messages are refused.
struct DecryptionKeys {
    std::shared_ptr<const DecryptionKey> rsa{};
    std::shared_ptr<const DecryptionKey> sm2{};
    // What these took the place of, while its certificate has not ended: senders may hold that one still.
    std::shared_ptr<const DecryptionKey> former_rsa{};
    std::shared_ptr<const DecryptionKey> former_sm2{};
};

// This node's keys, found by kind. Immutable; replaced as a whole on reload.
//
// Two kinds serve every caller: who signs with RSA can verify RSA; who signs on a curve, any curve, has a
// library in which P-256 is the curve that is always there, and it costs the least. Who signs with SM2 is
// answered with SM2 where this node has such a key.
struct SigningKeys {
    std::shared_ptr<const SigningKey> rsa;
    std::shared_ptr<const SigningKey> p256;
    DecryptionKeys decryption{};
    std::shared_ptr<const SigningKey> sm2{};  // null: this node signs with the others only
    const SigningKey& of(KeyKind kind) const {
        if (kind == KeyKind::sm2 && sm2) return *sm2;
        return kind == KeyKind::rsa ? *rsa : *p256;
    }
};

// Of a key in whatever provider.
std::shared_ptr<const SigningKey> certified(PrivateKeyPtr key, std::vector<Bytes> certificates);

// Of a key in memory, of any kind. Takes a share of `key`. Error: refused, when it is too weak.
Result<std::shared_ptr<const SigningKey>> make_signing_key(evp_pkey_st* key, std::vector<Bytes> certificates);

// PEM files: an unencrypted private key that nobody else may read (mode 0600), and its certificate chain.
// Errors: refused (mode), not_found, invalid (not a key we sign with, or the certificate is not the key's).
Result<std::shared_ptr<const SigningKey>> load_pem_key(const std::string& key_file,
                                                       const std::string& chain_file);

}  // namespace hutong::security
