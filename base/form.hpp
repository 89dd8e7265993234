// Reads parameters as forms send them, in the query of an address: application/x-www-form-urlencoded.
//
// WHATWG URL section 5.1, but strict: a % that two hexadecimal digits do not follow is an error. Bytes are
// not checked further; a null character may be among them. Pure, safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hutong {

struct FormParameter {
    std::string name, value;
};

// In the order they were sent, names that occur twice or are empty included. Error: invalid.
Result<std::vector<FormParameter>> read_form(std::string_view text);

}  // namespace hutong
