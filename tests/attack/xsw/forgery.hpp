// What stands at the place of a signed part after an attack, and how the signed one looks where it was moved.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/attack/xsw/signed_envelope.hpp"

namespace hutong::attack {

// The start tag of the forged part: which name, which Id.
struct Dress {
    std::string what;
    std::string prefix;      // of the element's own namespace; "-": the original's
    std::string attributes;  // with declarations
};
std::vector<Dress> dresses(const Markup& part);

// The forged part: other content, which would be acted upon.
std::string forged(const SignedEnvelope& envelope, const Markup& part, const Dress& dress);

// The original as it is moved, by name: its own bytes with the scope it needs, and once with its Id in
// another attribute.
std::vector<std::pair<std::string, std::string>> originals(const SignedEnvelope& envelope,
                                                           const Markup& part);

}  // namespace hutong::attack
