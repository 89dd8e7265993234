// A contract file as text we can parse and cut: UTF-8, without BOM and without a document type declaration.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong::wsdl {

struct SourceText {
    std::string utf8;
    std::string encoding;  // as the file declared it
    bool had_doctype{false};
};

// Published schemas (xmldsig-core-schema.xsd for one) carry a DOCTYPE that says nothing a reader needs, and
// the parser refuses all of them. So it is blanked out, line breaks kept; an entity it declared stays unknown
// and is then an error where it is used. Errors: invalid, when the bytes do not fit their encoding.
Result<SourceText> source_text(std::string_view bytes);

}  // namespace hutong::wsdl
