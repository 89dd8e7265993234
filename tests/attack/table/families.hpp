// The families of named attacks on a signed message, in one list.
#pragma once

#include "tests/attack/table/table.hpp"

namespace hutong::attack {

struct Family {
    const char* name;
    void (*fill)(Table&);
};
const std::vector<Family>& families();

std::vector<Row> all_rows();  // names are "family: attack"

}  // namespace hutong::attack
