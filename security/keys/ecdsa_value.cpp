#include "security/keys/ecdsa_value.hpp"

#include <algorithm>
#include <memory>

#include <openssl/ecdsa.h>
#include <openssl/err.h>

namespace hutong::security {

namespace {

using EcdsaPtr = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

}  // namespace

Bytes der_from_raw(ByteView raw) {
    const int bytes = static_cast<int>(raw.size() / 2);
    const EcdsaPtr signature(ECDSA_SIG_new(), ECDSA_SIG_free);
    if (!signature || ECDSA_SIG_set0(signature.get(), BN_bin2bn(raw.data(), bytes, nullptr),
                                     BN_bin2bn(raw.data() + bytes, bytes, nullptr)) != 1)
        return {};
    Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)));
    unsigned char* at = der.data();
    i2d_ECDSA_SIG(signature.get(), &at);
    return der;
}

Result<Bytes> raw_from_der(ByteView der, std::size_t number_bytes) {
    const unsigned char* at = der.data();
    const EcdsaPtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    ERR_clear_error();
    Bytes raw(2 * number_bytes);
    const int bytes = static_cast<int>(number_bytes);
    if (!signature || BN_is_negative(ECDSA_SIG_get0_r(signature.get())) != 0 ||
        BN_is_negative(ECDSA_SIG_get0_s(signature.get())) != 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), bytes) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + bytes, bytes) < 0)
        return refused("not a signature of two numbers in DER");
    // One signature, one text: no BER, and nothing after it.
    if (!std::ranges::equal(der_from_raw(raw), der)) return refused("a signature that is not in DER");
    return raw;
}

}  // namespace hutong::security
