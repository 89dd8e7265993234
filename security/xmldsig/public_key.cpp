#include "security/xmldsig/public_key.hpp"

#include <cstring>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace hutong::security {

namespace {

bool is_named_p256(EVP_PKEY* key) {
    char group[32] = "";
    int explicit_parameters = 0;
    return EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
           std::strcmp(group, "prime256v1") == 0 &&
           EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                  &explicit_parameters) == 1 &&
           explicit_parameters == 0;
}

}  // namespace

Result<PublicKey> PublicKey::of_certificate(ByteView der) {
    const unsigned char* at = der.data();
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
    if (!certificate || at != der.data() + der.size()) return refused("the token is not one DER certificate");
    PublicKey result;
    result.key_.reset(X509_get_pubkey(certificate.get()), EVP_PKEY_free);
    EVP_PKEY* const key = result.key_.get();
    if (key == nullptr) return refused("the certificate's public key cannot be read");
    const int bits = EVP_PKEY_get_bits(key);
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        // The upper bound keeps a stranger from choosing how long we calculate.
        if (bits < 2048 || bits > 8192)
            return refused("the certificate's RSA key has " + std::to_string(bits) +
                           " bits; 2048 to 8192 are allowed");
        result.kind_ = KeyKind::rsa;
        result.signature_bytes_ = static_cast<std::size_t>(EVP_PKEY_get_size(key));
    } else if (EVP_PKEY_is_a(key, "EC") == 1 && is_named_p256(key)) {
        result.kind_ = KeyKind::p256;
        result.signature_bytes_ = 64;
    } else {
        return refused("the certificate's key is neither RSA nor on the named curve P-256");
    }
    return result;
}

}  // namespace hutong::security
