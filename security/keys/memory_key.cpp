#include <openssl/err.h>
#include <openssl/x509.h>

#include "security/keys/pem.hpp"
#include "security/keys/private_key.hpp"
#include "security/xmldsig/ready_key.hpp"

namespace hutong::security {

namespace {

class MemoryKey final : public PrivateKey {
  public:
    MemoryKey(KeyKind kind, KeyPtr key, KeyPtr public_key, ReadyKey ready)
        : kind_(kind), key_(std::move(key)), public_key_(std::move(public_key)), ready_(std::move(ready)) {}

    KeyKind kind() const override { return kind_; }
    EVP_PKEY* public_key() const override { return public_key_.get(); }
    bool may_block() const override { return false; }
    std::string trouble() const override { return {}; }
    Result<Bytes> sign(ByteView data) const override { return ready_.sign(data); }
    // Z is worked out for each message: a fraction of what the signature itself costs.
    Result<Bytes> sign_as(std::string_view sm2_id, ByteView data) const override {
        if (kind_ != KeyKind::sm2 || sm2_id == sm2_default_id) return by_default_id(*this, sm2_id, data);
        HUTONG_ASSIGN(const ReadyKey ready,
                      ReadyKey::to_sign(default_signature_algorithm(kind_), key_.get(), sm2_id));
        return ready.sign(data);
    }
    Result<Bytes> decrypt(const Oaep& oaep, ByteView wrapped) const override {
        return decrypt_with(key_.get(), oaep, wrapped);
    }

  private:
    const KeyKind kind_;
    const KeyPtr key_;
    const KeyPtr public_key_;
    const ReadyKey ready_;
};

}  // namespace

Result<PrivateKeyPtr> make_private_key(EVP_PKEY* key) {
    HUTONG_ASSIGN(const KeyKind kind, kind_of(key));
    HUTONG_ASSIGN(ReadyKey ready, ReadyKey::to_sign(default_signature_algorithm(kind), key));
    HUTONG_ASSIGN(KeyPtr half, public_half(key));
    EVP_PKEY_up_ref(key);
    return std::make_shared<const MemoryKey>(kind, KeyPtr(key), std::move(half), std::move(ready));
}

}  // namespace hutong::security
