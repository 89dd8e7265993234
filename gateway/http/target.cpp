#include "gateway/http/target.hpp"

#include <cstdint>

#include "gateway/http/text.hpp"

namespace hutong::http {

namespace {

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// RFC 3629: shortest form only, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (first >= 0x80 && (first < 0xc2 || first > 0xf4)) return false;
        if (i + length > text.size()) return false;
        std::uint32_t point = length == 1 ? first : first & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xc0) != 0x80) return false;
            point = point << 6 | (next & 0x3fu);
        }
        if ((length == 3 && point < 0x800) || (length == 4 && point < 0x10000) || point > 0x10ffff ||
            (point >= 0xd800 && point <= 0xdfff)) {
            return false;
        }
        i += length;
    }
    return true;
}

Result<std::string> decode_path(std::string_view raw, const TakesSlashes& takes_slashes) {
    std::string path;
    path.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%') {
            if (std::string_view("\"<>\\^`{|}").find(raw[i]) != std::string_view::npos) {
                return invalid("the path holds a character that must be percent-encoded");
            }
            path += raw[i];
            continue;
        }
        const int high = i + 2 < raw.size() ? hex_digit(raw[i + 1]) : -1;
        const int low = i + 2 < raw.size() ? hex_digit(raw[i + 2]) : -1;
        if (high < 0 || low < 0) return invalid("the path holds a bad percent escape");
        const char c = static_cast<char>(high << 4 | low);
        const bool slash = c == '/' && !(takes_slashes && takes_slashes(raw));
        if (slash || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            return invalid("the path holds an escaped slash, backslash or control character");
        }
        path += c;
        i += 2;
    }
    if (!is_utf8(path)) return invalid("the path is not UTF-8");
    return path;
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // the slash
        const std::string_view segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

}  // namespace

bool is_authority(std::string_view text) {
    std::string_view host = text;
    if (!text.empty() && text.front() == '[') {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos || close < 3) return false;
        for (const char c : text.substr(1, close - 1)) {
            if (hex_digit(c) < 0 && c != ':' && c != '.') return false;
        }
        host = text.substr(0, close + 1);
    } else {
        host = text.substr(0, text.find(':'));
        for (const char c : host) {
            if (!is_alphanumeric(c) && c != '-' && c != '.' && c != '_') return false;
        }
    }
    if (host.empty()) return false;
    std::string_view port = text.substr(host.size());
    if (port.empty()) return true;
    port.remove_prefix(1);
    if (text[host.size()] != ':' || port.size() > 5) return false;
    return std::all_of(port.begin(), port.end(), [](char c) { return is_digit(c); });
}

Result<Target> parse_target(std::string_view text, const TakesSlashes& takes_slashes) {
    Target target;
    for (const char c : text) {
        if (c <= 0x20 || c == 0x7f || c == '#') {  // char is signed: bytes above 0x7f are caught too
            return invalid("the request target holds a character that must be percent-encoded");
        }
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!same_ignoring_case(text.substr(0, scheme.size()), scheme)) continue;
        text.remove_prefix(scheme.size());
        target.authority = text.substr(0, text.find_first_of("/?"));
        if (!is_authority(target.authority)) return invalid("the request target names a bad host");
        text.remove_prefix(target.authority.size());
        break;
    }
    const std::size_t question = text.find('?');
    if (question != std::string_view::npos) target.query = text.substr(question + 1);
    std::string_view raw = text.substr(0, question);
    if (raw.empty() && !target.authority.empty()) raw = "/";
    if (raw.empty() || raw.front() != '/') return invalid("the request target must start with '/'");
    HUTONG_ASSIGN(target.path, decode_path(raw, takes_slashes));
    if (has_dot_segment(target.path)) return invalid("the path holds a '.' or '..' segment");
    return target;
}

}  // namespace hutong::http
