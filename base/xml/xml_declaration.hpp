// The two parts of a prolog that have a form of their own. Not for other rooms.
#pragma once

#include <string_view>

namespace hutong::xml {

// The XML declaration (XML 1.0 fifth edition sections 2.8, 2.9 and 4.3.3). Which encoding it declares is a
// question for encoding_of().
struct XmlDeclaration {
    bool well_formed{false};
    std::string_view version;  // as it stands
};
// Of all between "<?xml" and "?>".
XmlDeclaration read_declaration(std::string_view inside);

// What is wrong with the target of a processing instruction (section 2.6; Namespaces in XML section 7: no
// colon); nullptr: nothing.
const char* fault_in_target(std::string_view target);

}  // namespace hutong::xml
