#include "base/xml/xml_declaration.hpp"

#include <optional>

#include "base/xml/characters.hpp"

namespace hutong::xml {

namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_encoding_name(std::string_view name) {
    if (name.empty() || !is_letter(name.front())) return false;
    for (const char c : name)
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') return false;
    return true;
}

// Takes ` name = "value"` off the front, if it is there.
std::optional<std::string_view> take(std::string_view& text, std::string_view name) {
    const char* const end = text.data() + text.size();
    const char* at = past_space(text.data(), end);
    if (at == text.data()) return std::nullopt;
    if (!std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(name)) return std::nullopt;
    at = past_space(at + name.size(), end);
    if (at == end || *at != '=') return std::nullopt;
    at = past_space(at + 1, end);
    if (at == end || (*at != '"' && *at != '\'')) return std::nullopt;
    const std::string_view rest(at + 1, static_cast<std::size_t>(end - at - 1));
    const std::size_t close = rest.find(*at);
    if (close == std::string_view::npos) return std::nullopt;
    text = rest.substr(close + 1);
    return rest.substr(0, close);
}

}  // namespace

XmlDeclaration read_declaration(std::string_view inside) {
    const auto version = take(inside, "version");
    if (!version) return {};
    if (const auto encoding = take(inside, "encoding"); encoding && !is_encoding_name(*encoding)) return {};
    if (const auto standalone = take(inside, "standalone");
        standalone && *standalone != "yes" && *standalone != "no")
        return {};
    const char* const end = inside.data() + inside.size();
    return {past_space(inside.data(), end) == end, *version};
}

const char* fault_in_target(std::string_view target) {
    constexpr const char* no_name = "the target of a processing instruction is no name";
    const char* at = target.data();
    const char* const end = at + target.size();
    if (at == end) return no_name;
    while (at < end) {
        const CodePoint point = decode(at, end);
        const bool named = at == target.data() ? is_name_start(point.value) : is_name_character(point.value);
        if (point.length == 0 || !named) return no_name;
        at += point.length;
    }
    const bool reserved = target.size() == 3 && (target[0] | 0x20) == 'x' && (target[1] | 0x20) == 'm' &&
                          (target[2] | 0x20) == 'l';
    return reserved ? "an XML declaration that does not stand at the beginning" : nullptr;
}

}  // namespace hutong::xml
