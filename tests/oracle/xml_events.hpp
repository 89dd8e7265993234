// What a parser tells of a text, written down, so that two can be compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/xml/push_parser.hpp"

namespace hutong::test {

// A line for each event; adjacent pieces of text are one. The line after the last is missing where the parser
// refused.
struct Events {
    std::vector<std::string> lines;
    bool accepted{false};
    bool over_limit{false};  // only the push parser has limits
    std::string problem;
};

// libxml2's pull parser, SAX2, of the whole text at once. A DTD, a text that is not UTF-8 and one that is not
// XML 1.0 are refused by us, not by it.
Events pulled(std::string_view text);

// The push parser, fed in pieces that end at `cuts` (in order).
Events pushed(std::string_view text, const std::vector<std::size_t>& cuts, const xml::Limits& limits);

}  // namespace hutong::test
