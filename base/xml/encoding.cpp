// Which encoding an XML text is in, and the way to UTF-8.
#include <algorithm>
#include <cctype>
#include <memory>

#include <libxml/encoding.h>

#include "base/xml/document.hpp"
#include "base/xml/libxml.hpp"

namespace hutong::xml {

namespace {

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    return result;
}

// "UTF-16" says nothing of byte order, so it agrees with both; the other names must be the same.
bool same_encoding(const std::string& a, const std::string& b) {
    if (a == b) return true;
    const auto family = [](const std::string& name) {
        if (name.rfind("UTF-16", 0) == 0) return std::string("UTF-16");
        if (name == "UTF8") return std::string("UTF-8");
        if (name == "US-ASCII" || name == "ASCII") return std::string("US-ASCII");
        if (name == "GB2312" || name == "GBK" || name == "GB18030" || name == "CP936")
            return std::string("GB");
        return name;
    };
    const std::string fa = family(a);
    const std::string fb = family(b);
    // ASCII is a part of UTF-8: saying less than the text is no contradiction.
    return fa == fb || (fa == "US-ASCII" && fb == "UTF-8") || (fa == "UTF-8" && fb == "US-ASCII");
}

struct Declaration {
    bool present{false};
    std::size_t end{0};    // past "?>"
    std::string encoding;  // as written
    std::size_t value_begin{0};
    std::size_t value_end{0};
};

// Reads <?xml … ?> in any ASCII-compatible encoding.
Declaration read_declaration(std::string_view text) {
    Declaration result;
    if (text.substr(0, 5) != "<?xml" || text.size() < 6 || !std::isspace(static_cast<unsigned char>(text[5])))
        return result;
    // However long it is: what this function overlooks, the parser still obeys.
    const std::size_t end = text.find("?>");
    if (end == std::string_view::npos) return result;
    result.present = true;
    result.end = end + 2;
    const std::string_view head = text.substr(0, end);
    const std::size_t key = head.find("encoding");
    if (key == std::string_view::npos) return result;
    const std::size_t open = head.find_first_of("\"'", key);
    if (open == std::string_view::npos) return result;
    const std::size_t close = head.find(head[open], open + 1);
    if (close == std::string_view::npos) return result;
    result.value_begin = open + 1;
    result.value_end = close;
    result.encoding = std::string(head.substr(open + 1, close - open - 1));
    return result;
}

struct Bom {
    const char* encoding;
    std::string_view bytes;
};
constexpr Bom boms[] = {
    {"UTF-8", {"\xEF\xBB\xBF", 3}}, {"UTF-32LE", {"\xFF\xFE\0\0", 4}}, {"UTF-32BE", {"\0\0\xFE\xFF", 4}},
    {"UTF-16LE", {"\xFF\xFE", 2}},  {"UTF-16BE", {"\xFE\xFF", 2}},
};

const Bom* bom_of(std::string_view text) {
    for (const Bom& bom : boms)
        if (text.substr(0, bom.bytes.size()) == bom.bytes) return &bom;
    return nullptr;
}

// UTF-16 without BOM shows in the zero bytes around the first '<'.
const char* guess_utf16(std::string_view text) {
    if (text.size() >= 4 && text[0] == '<' && text[1] == '\0' && text[3] == '\0') return "UTF-16LE";
    if (text.size() >= 4 && text[0] == '\0' && text[1] == '<' && text[2] == '\0') return "UTF-16BE";
    return nullptr;
}

// Without its byte order mark a text means what its declaration says, so the two must have said the same
// (XML 1.0 section 4.3.3): else the next reader sees other characters than we did.
Result<void> declaration_agrees(std::string_view text, const std::string& encoding) {
    const std::string declared = upper(read_declaration(text).encoding);
    if (declared.empty() || same_encoding(declared, encoding)) return {};
    return invalid("the text is " + encoding + " but its XML declaration says " + declared.substr(0, 40) +
                   "; make them agree");
}

}  // namespace

std::string detect_encoding(std::string_view text) {
    if (const Bom* bom = bom_of(text)) return bom->encoding;
    if (const char* guess = guess_utf16(text)) return guess;
    const Declaration declaration = read_declaration(text);
    return declaration.encoding.empty() ? "UTF-8" : upper(declaration.encoding);
}

bool declares_encoding(std::string_view text) {
    return bom_of(text) != nullptr || guess_utf16(text) != nullptr ||
           !read_declaration(text).encoding.empty();
}

Result<void> check_charset(std::string_view text, std::string_view charset) {
    if (charset.empty() || !declares_encoding(text)) return {};
    const std::string said = upper(charset);
    const std::string is = detect_encoding(text);
    if (same_encoding(said, is)) return {};
    return invalid("the transport says charset " + said + " but the XML says " + is + "; make them agree");
}

Result<std::string> encoding_of(std::string_view beginning, std::string_view charset) {
    HUTONG_TRY(check_charset(beginning, charset));
    const bool says = charset.empty() || declares_encoding(beginning);
    std::string encoding = says ? detect_encoding(beginning) : upper(charset);
    if (!is_utf8(encoding)) return encoding;
    const std::string_view text = beginning.substr(utf8_mark(beginning));
    if (text.starts_with("<?xml") && text.find("?>") == std::string_view::npos)
        return invalid("the XML declaration has no end");
    HUTONG_TRY(declaration_agrees(text, encoding));
    return encoding;
}

bool shows_encoding(std::string_view beginning) {
    if (beginning.size() >= declaration_bytes) return true;
    if (beginning.size() < 9) return false;
    const std::string_view text = beginning.substr(utf8_mark(beginning));
    return !text.starts_with("<?xml") || text.find("?>") != std::string_view::npos;
}

bool is_utf8(std::string_view encoding) {
    return encoding == "UTF-8" || encoding == "US-ASCII" || encoding == "UTF8";
}

std::size_t utf8_mark(std::string_view beginning) {
    return beginning.starts_with(boms[0].bytes) ? boms[0].bytes.size() : 0;
}

Result<std::string> to_utf8(std::string_view text, std::string_view charset) {
    HUTONG_ASSIGN(const std::string encoding, encoding_of(text, charset));
    if (const Bom* bom = bom_of(text)) text.remove_prefix(bom->bytes.size());
    if (is_utf8(encoding)) {
        return std::string(text);
    }
    const std::unique_ptr<xmlCharEncodingHandler, int (*)(xmlCharEncodingHandler*)> handler(
        xmlFindCharEncodingHandler(encoding.c_str()), xmlCharEncCloseFunc);
    if (!handler) return invalid("unknown character set \"" + encoding + "\"; send UTF-8");
    if (text.size() > (1u << 30)) return Error{ErrorCode::limit, "too long to be recoded"};
    const std::unique_ptr<xmlBuffer, void (*)(xmlBuffer*)> in(
        xmlBufferCreateStatic(const_cast<char*>(text.data()), text.size()), xmlBufferFree);
    const std::unique_ptr<xmlBuffer, void (*)(xmlBuffer*)> out(xmlBufferCreate(), xmlBufferFree);
    while (xmlBufferLength(in.get()) > 0) {
        const int before = xmlBufferLength(in.get());
        if (xmlCharEncInFunc(handler.get(), out.get(), in.get()) < 0 || xmlBufferLength(in.get()) == before)
            return invalid("bytes that are not " + encoding);
    }
    std::string result(reinterpret_cast<const char*>(xmlBufferContent(out.get())),
                       static_cast<std::size_t>(xmlBufferLength(out.get())));
    HUTONG_TRY(declaration_agrees(result, encoding));
    const Declaration declaration = read_declaration(result);
    if (!declaration.encoding.empty())
        result.replace(declaration.value_begin, declaration.value_end - declaration.value_begin, "UTF-8");
    return result;
}

}  // namespace hutong::xml
