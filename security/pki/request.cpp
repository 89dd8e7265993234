#include "security/pki/request.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>

namespace hutong::security {

namespace {

using RequestPtr = std::unique_ptr<X509_REQ, OpensslDeleter<X509_REQ, X509_REQ_free>>;

Result<void> check_rsa(EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < 2048 || bits > 8192)
        return refused("the request's RSA key has " + std::to_string(bits) +
                       " bits; make one of 2048 to 8192");
    BIGNUM* exponent = nullptr;
    const bool small =
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1 || BN_num_bits(exponent) < 17;
    BN_free(exponent);
    if (small) return refused("the request's RSA key has a public exponent below 65537; make a new key");
    return {};
}

Result<void> check_curve(EVP_PKEY* key) {
    char curve[64] = "";
    int explicit_parameters = 1;
    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve, nullptr);
    EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_parameters);
    const std::string_view name(curve);
    if (explicit_parameters == 0 && (name == "prime256v1" || name == "secp384r1")) return {};
    return refused("the request's elliptic curve is not P-256 or P-384; make a key on one of them");
}

}  // namespace

Result<KeyPtr> key_of_request(std::string_view csr_pem) {
    const BioPtr in = reading(csr_pem);
    const RequestPtr request(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
    KeyPtr key(request ? X509_REQ_get_pubkey(request.get()) : nullptr);
    if (!key) {
        (void)openssl_error("");
        return invalid("not a certificate request in PEM (-----BEGIN CERTIFICATE REQUEST-----)");
    }
    if (EVP_PKEY_is_a(key.get(), "RSA") == 1)
        HUTONG_TRY(check_rsa(key.get()));
    else if (EVP_PKEY_is_a(key.get(), "EC") == 1)
        HUTONG_TRY(check_curve(key.get()));
    else
        return refused("the request's key is neither RSA nor on P-256 or P-384");
    if (X509_REQ_verify(request.get(), key.get()) != 1) {
        (void)openssl_error("");
        return refused(
            "the request is not signed by its own key: it was altered, or the key is somebody else's");
    }
    return key;
}

}  // namespace hutong::security
