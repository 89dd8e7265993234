#include "security/xmldsig/signature_identity.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

namespace hutong::security {

namespace {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

Number order_of(EVP_PKEY* key) {
    BIGNUM* order = nullptr;
    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_ORDER, &order);
    return {order, BN_free};
}

// The lesser of s and n - s, in place.
void choose_low_s(Bytes& value, const BIGNUM* order) {
    const std::size_t half = value.size() / 2;
    const int width = static_cast<int>(half);
    const Number s(BN_bin2bn(value.data() + half, width, nullptr), BN_free);
    const Number other(BN_new(), BN_free);
    if (!s || !other || BN_sub(other.get(), order, s.get()) != 1)
        throw Failure(internal("out of memory while naming a signature"));
    const BIGNUM* const low = BN_cmp(s.get(), other.get()) < 0 ? s.get() : other.get();
    BN_bn2binpad(low, value.data() + half, width);
}

}  // namespace

std::string signature_identity(const PublicKey& key, ByteView value) {
    Bytes octets(value.begin(), value.end());
    if (EVP_PKEY_is_a(key.raw(), "EC") == 1)
        if (const Number order = order_of(key.raw())) choose_low_s(octets, order.get());
    return to_base64(octets);
}

}  // namespace hutong::security
