// What the files of this folder share about libxml2: strings, encodings. Not for other rooms.
#pragma once

#include <string>
#include <string_view>

#include <libxml/tree.h>

#include "base/result.hpp"

namespace hutong::xml {

inline const xmlChar* chars(const std::string& text) {
    return reinterpret_cast<const xmlChar*>(text.c_str());
}
inline std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}

// The encoding of an XML text by its BOM or its declaration (XML 1.0 appendix F), upper case; "UTF-8" when
// silent.
std::string detect_encoding(std::string_view text);
bool declares_encoding(std::string_view text);

// Refuses a transport charset that disagrees with what the text says of itself.
Result<void> check_charset(std::string_view text, std::string_view charset);

}  // namespace hutong::xml
