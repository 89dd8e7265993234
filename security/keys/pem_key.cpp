#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "security/keys/pem.hpp"
#include "security/keys/private_file.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

std::string_view to_string(KeyKind kind) {
    return kind == KeyKind::rsa ? "rsa" : "p256";
}

namespace {

using EcdsaPtr = std::unique_ptr<ECDSA_SIG, OpensslDeleter<ECDSA_SIG, ECDSA_SIG_free>>;

constexpr std::size_t p256_number_bytes = 32;

class PemKey : public SigningKey {
  public:
    PemKey(KeyKind kind, std::vector<Bytes> certificates, KeyContextPtr ready, std::size_t longest)
        : kind_(kind), certificates_(std::move(certificates)), ready_(std::move(ready)), longest_(longest) {}

    KeyKind kind() const override { return kind_; }
    const std::vector<Bytes>& certificates() const override { return certificates_; }

    Result<Bytes> sign(ByteView data) const override {
        // A copy of a context that is ready costs no algorithm fetch and no lock that threads could queue at.
        const KeyContextPtr context(EVP_PKEY_CTX_dup(ready_.get()));
        if (!context) return openssl_error("signing");
        const Sha256Digest digest = sha256(data);
        Bytes signature(longest_);
        std::size_t size = signature.size();
        if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1)
            return openssl_error("signing");
        signature.resize(size);
        return kind_ == KeyKind::rsa ? Result<Bytes>(std::move(signature)) : raw_from_der(signature);
    }

  private:
    static Result<Bytes> raw_from_der(const Bytes& der) {
        const unsigned char* at = der.data();
        const EcdsaPtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
        Bytes raw(2 * p256_number_bytes);
        if (!signature ||
            BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), p256_number_bytes) < 0 ||
            BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + p256_number_bytes,
                         p256_number_bytes) < 0)
            return openssl_error("reading an ECDSA signature");
        return raw;
    }

    const KeyKind kind_;
    const std::vector<Bytes> certificates_;
    const KeyContextPtr ready_;  // initialised for signing; only ever copied
    const std::size_t longest_;
};

Result<KeyKind> kind_of(EVP_PKEY* key, const std::string& file) {
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        if (EVP_PKEY_get_bits(key) >= 2048) return KeyKind::rsa;
        return invalid(file + ": the RSA key has " + std::to_string(EVP_PKEY_get_bits(key)) +
                       " bits; 2048 are the least");
    }
    char curve[32] = "";
    if (EVP_PKEY_is_a(key, "EC") == 1 &&
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve, nullptr) == 1 &&
        std::string_view(curve) == "prime256v1")
        return KeyKind::p256;
    return invalid(file + ": neither an RSA nor a P-256 key");
}

Result<KeyContextPtr> ready_to_sign(EVP_PKEY* key, KeyKind kind) {
    KeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
        (kind == KeyKind::rsa && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) ||
        EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1)
        return openssl_error("preparing a key for signing");
    return context;
}

}  // namespace

Result<std::shared_ptr<const SigningKey>> load_pem_key(const std::string& key_file,
                                                       const std::string& chain_file) {
    HUTONG_ASSIGN(const std::string key_pem, read_private_file(key_file));
    HUTONG_ASSIGN(const KeyPtr key, key_from_pem(key_pem, key_file));
    HUTONG_ASSIGN(const KeyKind kind, kind_of(key.get(), key_file));
    HUTONG_ASSIGN(const std::string chain_pem, read_small_file(chain_file));
    HUTONG_ASSIGN(const auto chain, certificates_from_pem(chain_pem, chain_file));
    if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
        (void)openssl_error("");
        return invalid(chain_file + ": its first certificate is not that of the key in " + key_file);
    }
    std::vector<Bytes> certificates;
    for (const auto& certificate : chain)
        if (certificates.empty() || X509_self_signed(certificate.get(), 0) != 1)
            certificates.push_back(to_der(certificate.get()));
    HUTONG_ASSIGN(KeyContextPtr ready, ready_to_sign(key.get(), kind));
    return std::make_shared<const PemKey>(kind, std::move(certificates), std::move(ready),
                                          static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
}

}  // namespace hutong::security
