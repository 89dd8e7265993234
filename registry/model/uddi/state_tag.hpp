// What an answer says of an entity, digested part by part: an entity tag that can say what changed.
//
// RFC 9110 sections 8.8.3 (ETag) and 13.1.1 (If-Match). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/xml/document.hpp"

namespace hutong::registry::uddi {

// name=DIGEST;categoryBag=DIGEST;… for the names of the element's children, without the quotes of an ETag.
std::string state_tag(const xml::Element& entity);

// Whether one of If-Match's entity tags is this one. "*" is any; a weak one is none.
bool is_matched(std::string_view if_match, std::string_view tag);

// Names of what is another in `tag` than in If-Match's first one, "name, categoryBag". Empty: that one was
// not made by state_tag().
std::string changes_since(std::string_view if_match, std::string_view tag);

}  // namespace hutong::registry::uddi
