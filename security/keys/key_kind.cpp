#include "security/keys/key_kind.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/bytes.hpp"

namespace hutong::security {

namespace {

constexpr int least_rsa_bits = 2048;
// The upper bounds keep a stranger from choosing how long we calculate.
constexpr int most_rsa_bits = 8192;
constexpr int least_exponent_bits = 17;  // 65537, FIPS 186-5 section 5.4
constexpr int most_exponent_bits = 64;

Result<KeyKind> check_rsa(const EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < least_rsa_bits || bits > most_rsa_bits)
        return refused("the RSA key has " + std::to_string(bits) + " bits; 2048 to 8192 are allowed");
    BIGNUM* read = nullptr;
    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &read);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> exponent(read, BN_free);
    if (!exponent || BN_num_bits(exponent.get()) < least_exponent_bits ||
        BN_num_bits(exponent.get()) > most_exponent_bits)
        return refused("the RSA key's public exponent is below 65537 or beyond 64 bits");
    return KeyKind::rsa;
}

struct Curve {
    std::string_view name;
    KeyKind kind;
};
constexpr std::array curves{Curve{"prime256v1", KeyKind::p256}, Curve{"secp384r1", KeyKind::p384},
                            Curve{"secp521r1", KeyKind::p521}, Curve{"SM2", KeyKind::sm2}};

Result<KeyKind> check_curve(const EVP_PKEY* key) {
    int explicit_parameters = 1;
    EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_parameters);
    if (explicit_parameters != 0) return refused("the curve is spelled out instead of named");
    char group[64] = "";
    EVP_PKEY_get_group_name(key, group, sizeof group, nullptr);
    const auto found = std::ranges::find(curves, std::string_view(group), &Curve::name);
    if (found == curves.end())
        return refused("the curve " + std::string(group) + " is not P-256, P-384, P-521 or SM2");
    return found->kind;
}

using Point = std::array<std::uint8_t, 32>;

Point point_from_hex(std::string_view hex) {
    Point point{};
    std::ranges::copy(from_hex(hex).value(), point.begin());
    return point;
}

// A point of small order makes signatures that anybody can forge, so that its owner may deny every one
// (RFC 8032 leaves the check to us). These are the y coordinates of all eight, little-endian.
bool has_small_order(Point point) {
    static const std::array small{
        point_from_hex("0000000000000000000000000000000000000000000000000000000000000000"),
        point_from_hex("0100000000000000000000000000000000000000000000000000000000000000"),
        point_from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        point_from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        point_from_hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")};
    point.back() &= 0x7f;  // the sign of x
    return std::ranges::find(small, point) != small.end();
}

// y must be below 2^255 - 19: one point, one text.
bool is_canonical(const Point& point) {
    const bool all_ones = std::all_of(point.begin() + 1, point.end() - 1, [](auto b) { return b == 0xff; });
    return point.front() < 0xed || !all_ones || (point.back() & 0x7f) != 0x7f;
}

Result<KeyKind> check_ed25519(const EVP_PKEY* key) {
    Point point{};
    std::size_t size = point.size();
    if (EVP_PKEY_get_raw_public_key(key, point.data(), &size) != 1 || size != point.size())
        return refused("the Ed25519 key cannot be read");
    if (!is_canonical(point) || has_small_order(point))
        return refused("the Ed25519 key is a point for which anybody can sign");
    return KeyKind::ed25519;
}

}  // namespace

std::string_view to_string(KeyKind kind) {
    switch (kind) {
        case KeyKind::rsa:
            return "rsa";
        case KeyKind::p256:
            return "p256";
        case KeyKind::p384:
            return "p384";
        case KeyKind::p521:
            return "p521";
        case KeyKind::ed25519:
            return "ed25519";
        case KeyKind::sm2:
            return "sm2";
    }
    return "unknown";
}

Result<KeyKind> kind_of(const EVP_PKEY* key) {
    if (key == nullptr) return refused("the public key cannot be read");
    if (EVP_PKEY_is_a(key, "RSA") == 1) return check_rsa(key);
    if (EVP_PKEY_is_a(key, "EC") == 1 || EVP_PKEY_is_a(key, "SM2") == 1) return check_curve(key);
    if (EVP_PKEY_is_a(key, "ED25519") == 1) return check_ed25519(key);
    return refused("the key is neither RSA nor on P-256, P-384, P-521, SM2 or Ed25519");
}

}  // namespace hutong::security
