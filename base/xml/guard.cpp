#include "base/xml/guard.hpp"

#include <cstring>

namespace hutong::xml {

namespace {

std::size_t length_of(const xmlChar* text) {
    return text == nullptr ? 0 : std::strlen(reinterpret_cast<const char*>(text));
}

}  // namespace

const char* exceeded(const Limits& limits, const RawStartTag& tag) {
    if (length_of(tag.local) + length_of(tag.prefix) + 1 > limits.name_bytes) return "element name length";
    if (static_cast<unsigned>(tag.attribute_count + tag.namespace_count) > limits.attributes)
        return "attributes per element";
    for (int i = 0; i < tag.namespace_count; ++i) {
        if (length_of(tag.namespaces[2 * i]) > limits.name_bytes) return "prefix length";
        if (length_of(tag.namespaces[2 * i + 1]) > limits.attribute_bytes) return "namespace URI length";
    }
    for (int i = 0; i < tag.attribute_count; ++i) {
        const xmlChar** const a = tag.attributes + 5 * i;
        if (length_of(a[0]) + length_of(a[1]) + 1 > limits.name_bytes) return "attribute name length";
        if (static_cast<std::size_t>(a[4] - a[3]) > limits.attribute_bytes) return "attribute value length";
    }
    return nullptr;
}

std::size_t AttributeCount::read(std::string_view piece) {
    std::size_t at = 0;
    for (; at < piece.size() && (quote_ != '\0' || piece[at] != '>'); ++at) {
        const char c = piece[at];
        if (quote_ != '\0')
            quote_ = c == quote_ ? '\0' : quote_;
        else if (c == '"' || c == '\'')
            quote_ = c;
        else if (c == '=')
            ++count_;
    }
    return at;
}

bool has_crowded_tag(std::string_view text, const Limits& limits) {
    const auto past = [&](std::size_t at, std::string_view close) {
        const std::size_t end = text.find(close, at);
        return end == std::string_view::npos ? text.size() : end + close.size();
    };
    for (std::size_t at = text.find('<'); at < text.size(); at = text.find('<', at)) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("<!--")) {
            at = past(at + 4, "-->");
        } else if (rest.starts_with("<![CDATA[")) {
            at = past(at, "]]>");
        } else if (rest.starts_with("<?")) {
            at = past(at, "?>");
        } else {
            AttributeCount attributes;
            at += attributes.read(rest);
            if (attributes.count() > limits.attributes) return true;
        }
    }
    return false;
}

bool too_many_names(xmlParserCtxtPtr context) {
    return xmlDictSize(context->dict) > static_cast<int>(max_names);
}

Error not_well_formed(xmlParserCtxtPtr context) {
    const xmlError* const e = xmlCtxtGetLastError(context);
    if (e == nullptr || e->message == nullptr) return invalid("not well-formed XML");
    std::string message(e->message);
    while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
    return invalid("line " + std::to_string(e->line) + ", column " + std::to_string(e->int2) +
                   ": not well-formed XML: " + message);
}

}  // namespace hutong::xml
