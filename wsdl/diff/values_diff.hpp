// Whether the values of a simple type became fewer or more.
//
// XML Schema 1.0 part 2. Pure function.
#pragma once

#include "wsdl/diff/shapes.hpp"

namespace hutong::wsdl {

struct ValueChange {
    std::string what;
    bool fewer{false};  // some values are valid no more
    bool more{false};   // some are that were not
};

std::size_t weight(const Values& values);  // how much there is to compare
std::vector<ValueChange> changes_of_values(const Values& from, const Values& to);

}  // namespace hutong::wsdl
