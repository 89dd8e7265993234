// Looks into a tree that the element view of base/xml does not offer: what stands between the elements.
//
// Pure functions of a tree, as thread-safe as its document.
#pragma once

#include <optional>
#include <string>

#include "base/xml/document.hpp"

namespace hutong::security {

// Whether the subtree holds nothing but elements and text: no comment, processing instruction, CDATA or
// entity node that one reader might skip and another read.
bool only_elements_and_text(xml::Element element);

// The text of an element that has no child elements (and, as above, nothing else odd); nullopt when it has.
std::optional<std::string> plain_text(xml::Element element);

// Whether a comment stands in the middle of text somewhere below. Canonicalisation drops comments, so anybody
// can put one into a signed message, and a reader that takes the first text node only would see less than was
// signed.
bool comment_within_text(xml::Element element);

bool is_ancestor_or_self(xml::Element ancestor, xml::Element element);

}  // namespace hutong::security
