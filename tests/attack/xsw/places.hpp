// Where in a signed message the generator puts a part that it moves or forges.
#pragma once

#include <string>
#include <vector>

#include "tests/attack/xsw/signed_envelope.hpp"

namespace hutong::attack {

struct Place {
    std::string name;         // for a variant's name
    std::size_t at;           // offset in the message
    std::string open, close;  // what to put around the part there
};

// Every place for `part`, an element of the envelope; none lies inside it.
std::vector<Place> places_for(const SignedEnvelope& envelope, const Markup& part);

}  // namespace hutong::attack
