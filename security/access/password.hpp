// Passwords of officers: what may be one, and how one is kept.
//
// scrypt (RFC 7914). The cost stands in the stored text, "$scrypt$ln=15,r=8,p=3$SALT$HASH", so that it can be
// raised and old ones go on being checked. Pure functions, safe from any thread; hashing takes some tenths of
// a second and 32 MiB, so it belongs on a PasswordThread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong::security {

struct ScryptCost {
    unsigned log2_n{15};
    unsigned r{8};
    unsigned p{3};
};

// NIST SP 800-63B section 5.1.1.2: length and a list of what everybody tries first, nothing about character
// classes. Error: invalid, saying what is wrong.
Result<void> check_new_password(std::string_view password, std::string_view name);

std::string hash_password(std::string_view password, const ScryptCost& cost = {});

// In constant time for one cost. A stored text that is none, or whose cost is beyond reason, matches nothing.
bool password_matches(std::string_view password, std::string_view stored);

// Kept at less than today's cost: to be hashed anew when the password is at hand.
bool is_outdated(std::string_view stored);

// Easy to read out and to type: four groups of five letters, 100 bits.
std::string make_temporary_password();

}  // namespace hutong::security
