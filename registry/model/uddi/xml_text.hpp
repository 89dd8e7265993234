// UDDI elements as text: written in one namespace without prefixes, white space collapsed, keys folded.
//
// UDDI v3.0.2 sections 4.4 (keys are compared without case) and 4.6. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/xml/document.hpp"

namespace hutong::registry::uddi {

inline constexpr std::string_view ns = "urn:uddi-org:api_v3";
inline constexpr std::string_view ns_custody = "urn:uddi-org:custody_v3";
inline constexpr std::string_view ns_subscription = "urn:uddi-org:sub_v3";
inline constexpr std::string_view ns_listener = "urn:uddi-org:subr_v3";
inline constexpr std::string_view ns_xml = "http://www.w3.org/XML/1998/namespace";

std::string attribute(std::string_view name, std::string_view value);     // ` name="value"`, escaped
std::string element(std::string_view name, std::string_view text);        // escaped
std::string enclosed(std::string_view name, const std::string& content);  // content is XML already
std::string collapsed(std::string_view text);                             // xs:whiteSpace collapse
std::string fold_key(std::string_view key);                               // collapsed, lower case
std::string language_of(const xml::Element& element);                     // xml:lang, lower case; empty: none
std::string key_attribute(const xml::Element& element, std::string_view name);  // folded; empty: none
std::string child_text(const xml::Element& element, std::string_view name);     // collapsed; empty: none

// The element as an answer says it. What is in another namespace is kept as it came.
std::string normal_text(const xml::Element& element);

}  // namespace hutong::registry::uddi
