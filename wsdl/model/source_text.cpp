#include "wsdl/model/source_text.hpp"

#include <algorithm>
#include <cctype>

#include "base/xml/document.hpp"

namespace hutong::wsdl {

namespace {

constexpr auto npos = std::string_view::npos;

// Past the end of `close`, searched from `from`; npos when it is not there.
std::size_t past(std::string_view text, std::string_view close, std::size_t from) {
    const std::size_t found = text.find(close, from);
    return found == npos ? npos : found + close.size();
}

// The end of the DOCTYPE that begins at `begin`: its quotes, comments and internal subset may all hold a '>'.
std::size_t doctype_end(std::string_view text, std::size_t begin) {
    bool in_subset = false;
    for (std::size_t i = begin + 9; i < text.size() && i != npos;) {
        const char c = text[i];
        if (c == '"' || c == '\'') {
            i = past(text, text.substr(i, 1), i + 1);
        } else if (text.substr(i, 4) == "<!--") {
            i = past(text, "-->", i + 4);
        } else if (text.substr(i, 2) == "<?") {
            i = past(text, "?>", i + 2);
        } else {
            if (c == '[') in_subset = true;
            if (c == ']') in_subset = false;
            if (c == '>' && !in_subset) return i + 1;
            ++i;
        }
    }
    return npos;
}

// Where the DOCTYPE begins in the prolog; npos when there is none.
std::size_t doctype_begin(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size() && i != npos) {
        if (std::isspace(static_cast<unsigned char>(text[i]))) {
            ++i;
        } else if (text.substr(i, 2) == "<?") {
            i = past(text, "?>", i);
        } else if (text.substr(i, 4) == "<!--") {
            i = past(text, "-->", i);
        } else {
            return text.substr(i, 9) == "<!DOCTYPE" ? i : npos;
        }
    }
    return npos;
}

// The name in the XML declaration, for the reader of a finding; the parser decides for itself.
std::string declared_encoding(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, 200);
    if (head.substr(0, 2) == "\xFF\xFE" || head.substr(0, 2) == "\xFE\xFF") return "UTF-16";
    const std::size_t key = head.find("encoding");
    if (key == npos || key > head.find("?>")) return "UTF-8";
    const std::size_t open = head.find_first_of("\"'", key);
    const std::size_t close = open == npos ? npos : head.find(head[open], open + 1);
    if (close == npos) return "UTF-8";
    std::string name(head.substr(open + 1, close - open - 1));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name;
}

}  // namespace

Result<SourceText> source_text(std::string_view bytes) {
    HUTONG_ASSIGN(std::string text, xml::to_utf8(bytes));
    SourceText result{std::move(text), declared_encoding(bytes), false};
    if (result.utf8.starts_with("\xEF\xBB\xBF")) result.utf8.erase(0, 3);
    const std::size_t begin = doctype_begin(result.utf8);
    if (begin == npos) return result;
    const std::size_t end = doctype_end(result.utf8, begin);
    if (end == npos) return invalid("the document type declaration does not end");
    result.had_doctype = true;
    std::replace_if(
        result.utf8.begin() + static_cast<std::ptrdiff_t>(begin),
        result.utf8.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c != '\n' && c != '\r'; },
        ' ');
    return result;
}

}  // namespace hutong::wsdl
