// What SM2 adds to a curve: the signer's distinguishing id, hashed with the public key before the message.
//
// GB/T 32918.1 and .2 (GM/T 0003.1 and .2) section 5.5, GM/T 0009 section 10 for the id that holds where
// nothing else was agreed. Pure, safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct evp_pkey_st;

namespace hutong::security {

inline constexpr std::string_view sm2_default_id = "1234567812345678";

// How the owner of an SM2 key writes his signatures, where that was agreed otherwise.
struct Sm2Form {
    std::string id{sm2_default_id};
    bool der{false};  // in XML Signature: the value is DER instead of r‖s
    bool operator==(const Sm2Form&) const = default;
};

using Sm3Digest = std::array<std::uint8_t, 32>;

// Z, by which every SM2 signature begins: the digest of the id, the curve and the public key. `key`: public
// or private, of KeyKind::sm2. Errors: invalid, when the id has more than 8191 bytes (its length in bits
// takes two octets); internal.
Result<Sm3Digest> sm2_identity(const evp_pkey_st* key, std::string_view id);

}  // namespace hutong::security
