// Where the elements of a text lie, byte by byte, down to a depth: what is needed to replace one of them.
//
// Offsets into the UTF-8 text given, in document order, so that they match a tree of the same text walked in
// the same order. Pure function, safe from any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::xml {

struct Extent {
    unsigned depth{0};             // 1: the root element
    std::size_t begin{0};          // its '<'
    std::size_t content_begin{0};  // past the '>' of its start tag
    std::size_t content_end{0};    // at the '<' of its end tag; equal to content_begin for <a/>
    std::size_t end{0};            // past its last '>'
    bool self_closed{false};       // written as <a/>
};

// Every element no deeper than `depth`. Errors: invalid (not well-formed), limit, refused (DTD).
Result<std::vector<Extent>> outline(std::string_view utf8, unsigned depth, const Limits& limits);

}  // namespace hutong::xml
