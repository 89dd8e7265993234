#include "security/xmldsig/ready_key.hpp"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "security/trust/x509.hpp"

namespace hutong::security {

namespace {

using EcdsaPtr = std::unique_ptr<ECDSA_SIG, OpensslDeleter<ECDSA_SIG, ECDSA_SIG_free>>;

// OpenSSL's Ecdsa-Sig-Value (RFC 3279 section 2.2.3) and XML Signature's r‖s (XML Signature 1.1
// section 6.4.3).

Bytes der_from_raw(ByteView raw) {
    const int bytes = static_cast<int>(raw.size() / 2);
    const EcdsaPtr signature(ECDSA_SIG_new());
    if (!signature || ECDSA_SIG_set0(signature.get(), BN_bin2bn(raw.data(), bytes, nullptr),
                                     BN_bin2bn(raw.data() + bytes, bytes, nullptr)) != 1)
        return {};
    Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
    unsigned char* at = der.data();
    i2d_ECDSA_SIG(signature.get(), &at);
    return der;
}

Result<Bytes> raw_from_der(const Bytes& der, std::size_t number_bytes) {
    const unsigned char* at = der.data();
    const EcdsaPtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    Bytes raw(2 * number_bytes);
    const int bytes = static_cast<int>(number_bytes);
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), bytes) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + bytes, bytes) < 0)
        return internal("an ECDSA signature made here cannot be read");
    return raw;
}

bool set_scheme(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm) {
    switch (algorithm.scheme) {
        case Scheme::rsa_pkcs1:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
        case Scheme::rsa_pss:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_mgf1_md(context, algorithm.digest->md) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
        case Scheme::ecdsa:
        case Scheme::eddsa:
            return true;
    }
    return false;
}

std::size_t bytes_of_order(EVP_PKEY* key) {
    return (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
}

}  // namespace

void ReadyKey::ContextDeleter::operator()(EVP_MD_CTX* context) const {
    EVP_MD_CTX_free(context);
}

Result<ReadyKey> ReadyKey::make(const SignatureAlgorithm& algorithm, EVP_PKEY* key, bool to_sign) {
    ContextPtr context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* parameters = nullptr;  // belongs to the context
    const auto start = to_sign ? EVP_DigestSignInit : EVP_DigestVerifyInit;
    const EVP_MD* const md = algorithm.digest != nullptr ? algorithm.digest->md : nullptr;
    const bool ready = context && start(context.get(), &parameters, md, nullptr, key) == 1 &&
                       set_scheme(parameters, algorithm);
    ERR_clear_error();
    if (!ready) return internal("OpenSSL cannot use " + std::string(algorithm.uri) + " with this key");
    return ReadyKey(std::move(context), algorithm.scheme == Scheme::ecdsa ? bytes_of_order(key) : 0);
}

Result<ReadyKey> ReadyKey::to_verify(const SignatureAlgorithm& algorithm, EVP_PKEY* key) {
    return make(algorithm, key, false);
}
Result<ReadyKey> ReadyKey::to_sign(const SignatureAlgorithm& algorithm, EVP_PKEY* key) {
    return make(algorithm, key, true);
}

ReadyKey::ContextPtr ReadyKey::copy() const {
    ContextPtr context(EVP_MD_CTX_new());
    if (!context || EVP_MD_CTX_copy_ex(context.get(), context_.get()) != 1) return nullptr;
    return context;
}

bool ReadyKey::verify(ByteView data, ByteView value) const {
    Bytes der;
    if (number_bytes_ != 0) {
        if (value.empty() || value.size() % 2 != 0 || value.size() > 2 * number_bytes_) return false;
        der = der_from_raw(value);
        value = der;
    }
    const ContextPtr context = copy();
    const bool good =
        context && EVP_DigestVerify(context.get(), value.data(), value.size(), data.data(), data.size()) == 1;
    ERR_clear_error();
    return good;
}

Result<Bytes> ReadyKey::sign(ByteView data) const {
    const ContextPtr context = copy();
    std::size_t size = 0;
    Bytes value;
    bool good = context && EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) == 1;
    if (good) {
        value.resize(size);
        good = EVP_DigestSign(context.get(), value.data(), &size, data.data(), data.size()) == 1;
    }
    ERR_clear_error();
    if (!good) return internal("OpenSSL could not sign");
    value.resize(size);
    return number_bytes_ == 0 ? Result<Bytes>(std::move(value)) : raw_from_der(value, number_bytes_);
}

}  // namespace hutong::security
