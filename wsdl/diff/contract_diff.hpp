// What has changed from one contract to another, and whom each change breaks.
//
// Compared are operations by name, their messages, parts and header blocks, and the XSD types below them
// (shapes.hpp says how far). A request breaks when what consumers send by the old contract is not valid by
// the new one; an answer, when what comes back may be something they have never been told of. Pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wsdl/reader.hpp"

namespace hutong::wsdl {

enum class Breaks { nothing, request, answer, both };
std::string_view to_string(Breaks breaks);  // "no", "request", "answer", "both"

struct Change {
    std::string where;  // "GetCompany request /GetCompany/code"
    std::string what;
    Breaks breaks{Breaks::nothing};
};

// Errors: as of read(). Where the contracts are too large to be compared to their end, the last change says
// so and counts as one that breaks.
Result<std::vector<Change>> changes_between(const Bundle& from, const Bundle& to,
                                            const config::Wsdl& limits = {});

bool breaks_any(const std::vector<Change>& changes);

}  // namespace hutong::wsdl
