// The counties and districts the demo data lives in, with their GB/T 2260 codes.
//
// Constant data; thread-safe.
#pragma once

#include <span>
#include <string_view>

namespace hutong::agencies {

struct Region {
    std::string_view code;        // six digits, GB/T 2260
    std::string_view full_name;   // 北京市海淀区
    std::string_view city;        // 北京市: the office in charge
    std::string_view short_name;  // 北京: how company names begin
};

std::span<const Region> regions();
const Region* find_region(std::string_view code);  // nullptr: not one of ours

}  // namespace hutong::agencies
