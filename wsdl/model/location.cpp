#include "wsdl/model/location.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "wsdl/model/description.hpp"

namespace hutong::wsdl {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The length of "scheme:" at the front, 0 when there is none (RFC 3986 section 3.1).
std::size_t scheme_length(std::string_view text) {
    if (text.empty() || !std::isalpha(static_cast<unsigned char>(text[0]))) return 0;
    const auto in_scheme = [](unsigned char c) {
        return std::isalnum(c) || c == '+' || c == '-' || c == '.';
    };
    const std::size_t end =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), in_scheme) - text.begin());
    return end < text.size() && text[end] == ':' ? end + 1 : 0;
}

// Joins and drops dot segments; nothing when ".." climbs out.
std::optional<std::string> join(std::string_view folder, std::string_view relative) {
    std::vector<std::string_view> kept;
    for (const std::string_view whole : {folder, relative}) {
        std::string_view rest = whole;
        while (!rest.empty()) {
            const std::size_t slash = rest.find('/');
            const std::string_view segment = rest.substr(0, slash);
            rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
            if (segment.empty() || segment == ".") continue;
            if (segment != "..") {
                kept.push_back(segment);
            } else if (kept.empty()) {
                return std::nullopt;
            } else {
                kept.pop_back();
            }
        }
    }
    std::string result;
    for (const std::string_view segment : kept) {
        if (!result.empty()) result += '/';
        result += segment;
    }
    if (result.empty()) return std::nullopt;
    return result;
}

std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

}  // namespace

std::string percent_decode(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
            hex_value(text[i + 2]) >= 0) {
            result += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

std::string percent_encode(std::string_view path) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x80 && std::isalnum(byte)) ||
            std::string_view("-._~/").find(c) != std::string_view::npos) {
            result += c;
        } else {
            result += '%';
            result += digits[byte >> 4];
            result += digits[byte & 15];
        }
    }
    return result;
}

Location locate(std::string_view base, std::string_view location) {
    location = location.substr(0, location.find('#'));
    while (!location.empty() && std::isspace(static_cast<unsigned char>(location.front())))
        location.remove_prefix(1);
    while (!location.empty() && std::isspace(static_cast<unsigned char>(location.back())))
        location.remove_suffix(1);
    if (const std::size_t scheme = scheme_length(location); scheme > 0) {
        std::string_view rest = location.substr(scheme);
        while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
        return {Location::Kind::absolute, join({}, percent_decode(rest)).value_or("")};
    }
    std::string path = percent_decode(location);
    // Contracts made on Windows carry backslashes; no bundle path has one.
    std::replace(path.begin(), path.end(), '\\', '/');
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string::npos)
        return {Location::Kind::outside, {}};
    auto joined = join(folder_of(base), path);
    if (!joined) return {Location::Kind::outside, {}};
    return {Location::Kind::inside, std::move(*joined)};
}

std::optional<std::string> find_file(const Bundle& bundle, std::string_view base, std::string_view location) {
    const Location found = locate(base, location);
    if (found.kind == Location::Kind::outside) return std::nullopt;
    if (bundle.files.contains(found.path)) return found.path;
    if (found.kind == Location::Kind::inside) return std::nullopt;
    // A mirror lies beside the main file.
    auto beside = join(folder_of(bundle.main), found.path);
    if (!beside || !bundle.files.contains(*beside)) return std::nullopt;
    return beside;
}

}  // namespace hutong::wsdl
