// What SM2 adds to a curve: the signer's distinguishing id, hashed with the public key before the message.
//
// GB/T 32918.1 and .2 (GM/T 0003.1 and .2) section 5.5, GM/T 0009 section 10 for the id that holds where
// nothing else was agreed. Pure, safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

struct evp_pkey_st;

namespace hutong::security {

inline constexpr std::string_view sm2_default_id = "1234567812345678";

// Z, by which every SM2 signature begins: the SM3 digest of the id, the curve and the public key.
using Sm2Identity = std::array<std::uint8_t, 32>;

// `key`: public or private, of KeyKind::sm2. Errors: invalid, when the id has more than 8191 bytes (its
// length in bits takes two octets); internal.
Result<Sm2Identity> sm2_identity(const evp_pkey_st* key, std::string_view id);

}  // namespace hutong::security
