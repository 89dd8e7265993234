// Where the values of a contract's messages are names with a prefix: elements and attributes whose type is
// xs:QName or xs:NOTATION, or made of them (XML Schema part 2 sections 3.2.18 and 3.2.19).
//
// Values.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/xml/document.hpp"

namespace hutong::xml {

struct QNameValues {
    std::vector<QName> elements;    // by their names alone, wherever they stand
    std::vector<QName> attributes;  // likewise
    std::vector<QName> types;       // that xsi:type may name

    static bool has(const std::vector<QName>& names, std::string_view ns, std::string_view local) {
        return std::any_of(names.begin(), names.end(),
                           [&](const QName& name) { return name.local == local && name.ns == ns; });
    }
};

}  // namespace hutong::xml
