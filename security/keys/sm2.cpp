#include "security/keys/sm2.hpp"

#include <memory>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/bytes.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t number_bytes = 32;
constexpr std::size_t longest_id = 8191;

// a, b and the base point of the one curve there is (GB/T 32918.5 section 2).
const Bytes& curve() {
    static const Bytes parameters = from_hex(
                                        "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
                                        "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
                                        "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
                                        "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0")
                                        .value();
    return parameters;
}

bool append_coordinate(Bytes& to, const EVP_PKEY* key, const char* name) {
    BIGNUM* read = nullptr;
    EVP_PKEY_get_bn_param(key, name, &read);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(read, BN_free);
    to.resize(to.size() + number_bytes);
    return number && BN_bn2binpad(number.get(), to.data() + to.size() - number_bytes, number_bytes) >= 0;
}

}  // namespace

Result<Sm3Digest> sm2_identity(const EVP_PKEY* key, std::string_view id) {
    if (id.size() > longest_id) return invalid("an SM2 id of more than 8191 bytes");
    const std::size_t bits = id.size() * 8;
    Bytes text{static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
    text.insert(text.end(), id.begin(), id.end());
    text.insert(text.end(), curve().begin(), curve().end());
    Sm3Digest identity{};
    const bool good = append_coordinate(text, key, OSSL_PKEY_PARAM_EC_PUB_X) &&
                      append_coordinate(text, key, OSSL_PKEY_PARAM_EC_PUB_Y) &&
                      EVP_Digest(text.data(), text.size(), identity.data(), nullptr, EVP_sm3(), nullptr) == 1;
    ERR_clear_error();
    if (!good) return internal("OpenSSL cannot digest the id of an SM2 key");
    return identity;
}

}  // namespace hutong::security
