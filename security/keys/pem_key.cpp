#include <openssl/x509v3.h>

#include "security/keys/pem.hpp"
#include "security/keys/private_file.hpp"
#include "security/keys/signing_key.hpp"
#include "security/xmldsig/ready_key.hpp"

namespace hutong::security {

namespace {

class PemKey : public SigningKey {
  public:
    PemKey(KeyKind kind, std::vector<Bytes> certificates, ReadyKey ready)
        : kind_(kind), certificates_(std::move(certificates)), ready_(std::move(ready)) {}

    KeyKind kind() const override { return kind_; }
    const std::vector<Bytes>& certificates() const override { return certificates_; }
    Result<Bytes> sign(ByteView data) const override { return ready_.sign(data); }

  private:
    const KeyKind kind_;
    const std::vector<Bytes> certificates_;
    const ReadyKey ready_;
};

// Of the kinds we verify, the gateway itself signs with three (SigningKeys).
Result<void> check_kind_to_sign_with(EVP_PKEY* key, const std::string& file) {
    const auto kind = kind_of(key);
    if (kind.has_error()) return invalid(file + ": " + kind.error().detail);
    if (*kind == KeyKind::rsa || *kind == KeyKind::p256 || *kind == KeyKind::sm2) return {};
    return invalid(file + ": neither an RSA nor a P-256 nor an SM2 key");
}

// A key that others encrypt for is not one to sign with: a CA that issues pairs of certificates keeps a copy
// of it (GM/T 0034).
bool is_for_encryption(X509* certificate) {
    // All bits are set where the certificate has no key usage.
    const std::uint32_t usage = X509_get_key_usage(certificate);
    constexpr std::uint32_t signs = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION | KU_KEY_CERT_SIGN;
    return (usage & signs) == 0;
}

}  // namespace

Result<std::shared_ptr<const SigningKey>> load_pem_key(const std::string& key_file,
                                                       const std::string& chain_file) {
    HUTONG_ASSIGN(const std::string key_pem, read_private_file(key_file));
    HUTONG_ASSIGN(const KeyPtr key, key_from_pem(key_pem, key_file));
    HUTONG_TRY(check_kind_to_sign_with(key.get(), key_file));
    HUTONG_ASSIGN(const std::string chain_pem, read_small_file(chain_file));
    HUTONG_ASSIGN(const auto chain, certificates_from_pem(chain_pem, chain_file));
    if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
        (void)openssl_error("");
        return invalid(chain_file + ": its first certificate is not that of the key in " + key_file);
    }
    if (is_for_encryption(chain.front().get()))
        return invalid(chain_file +
                       ": the key usage of its first certificate is encryption; its key never signs");
    std::vector<Bytes> certificates;
    for (const auto& certificate : chain)
        if (certificates.empty() || X509_self_signed(certificate.get(), 0) != 1)
            certificates.push_back(to_der(certificate.get()));
    return make_signing_key(key.get(), std::move(certificates));
}

Result<std::shared_ptr<const SigningKey>> make_signing_key(EVP_PKEY* key, std::vector<Bytes> certificates) {
    HUTONG_ASSIGN(const KeyKind kind, kind_of(key));
    HUTONG_ASSIGN(ReadyKey ready, ReadyKey::to_sign(default_signature_algorithm(kind), key));
    return std::make_shared<const PemKey>(kind, std::move(certificates), std::move(ready));
}

}  // namespace hutong::security
