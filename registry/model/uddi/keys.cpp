#include "registry/model/uddi/keys.hpp"

#include <algorithm>

#include "base/ids.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::string_view scheme = "uddi:";
constexpr std::string_view generator_ending = ":keygenerator";

bool is_lower_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
    }
    return true;
}

// A host name of RFC 2396 section 3.2.2.
bool is_domain(std::string_view text) {
    if (text.empty() || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_lower_alnum(c) || c == '.' || c == '-'; }) &&
           text.find("..") == std::string_view::npos;
}

// A key specific string: uric of RFC 2396 without the colon.
bool is_specific(std::string_view text) {
    static constexpr std::string_view marks = "-_.!~*'();/?@&=+$,%";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_lower_alnum(c) || marks.find(c) != std::string_view::npos;
    });
}

std::string_view without_last(std::string_view key) {
    return key.substr(0, key.rfind(':'));
}

}  // namespace

bool is_key(std::string_view key) {
    if (!key.starts_with(scheme) || key.size() > 255) return false;
    std::string_view rest = key.substr(scheme.size());
    bool first = true;
    while (true) {
        const std::size_t colon = rest.find(':');
        const std::string_view part = rest.substr(0, colon);
        if (first ? !is_uuid(part) && !is_domain(part) : !is_specific(part)) return false;
        first = false;
        if (colon == std::string_view::npos) return true;
        rest.remove_prefix(colon + 1);
    }
}

bool is_uuid_key(std::string_view key) {
    return key.starts_with(scheme) && is_uuid(key.substr(scheme.size()));
}

bool is_generator_key(std::string_view key) {
    return key.ends_with(generator_ending);
}

std::string generator_of(std::string_view key) {
    const bool generator = is_generator_key(key);
    if (generator) key = key.substr(0, key.size() - generator_ending.size());
    const bool whole_domain = key.find(':', scheme.size()) == std::string_view::npos;
    if (whole_domain) return generator ? std::string() : std::string(key) + std::string(generator_ending);
    return std::string(without_last(key)) + std::string(generator_ending);
}

bool is_reserved(std::string_view key) {
    for (const std::string_view own : {"uddi:hutong", "uddi:uddi.org"})
        if (key == own || (key.starts_with(own) && key[own.size()] == ':')) return true;
    return false;
}

std::string new_key() {
    return std::string(scheme) + new_uuid();
}

}  // namespace hutong::registry::uddi
