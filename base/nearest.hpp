// The known name that a mistyped one was meant for.
//
// By edit distance (Levenshtein). Pure function.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace hutong {

// The known name that differs least from `name`; empty when none is known.
std::string nearest(std::string_view name, const std::set<std::string>& known);

}  // namespace hutong
