// XPath 1.0 over a Document with bound prefixes. Not thread-safe per document.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::xml {

using Prefixes = std::vector<std::pair<std::string, std::string>>;  // prefix, namespace URI

Result<std::vector<Element>> select(const Document& document, const std::string& expression,
                                    const Prefixes& prefixes);
Result<std::string> select_text(const Document& document, const std::string& expression,
                                const Prefixes& prefixes);

}  // namespace hutong::xml
