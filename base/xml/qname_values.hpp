// Where the values of a contract's messages are names with a prefix: elements and attributes whose type is
// xs:QName or xs:NOTATION, or made of them (XML Schema part 2 sections 3.2.18 and 3.2.19).
//
// Values. A contract may have very many of them, and they are looked for at every element of a message: each
// list is in ascending order.
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
        const auto before = [&](const QName& name, std::string_view wanted) {
            return name.ns != wanted ? name.ns < wanted : name.local < local;
        };
        const auto at = std::lower_bound(names.begin(), names.end(), ns, before);
        return at != names.end() && at->ns == ns && at->local == local;
    }
};

}  // namespace hutong::xml
