// Character classes and comparisons of HTTP's grammar (RFC 9110 section 5.6); pure functions for this folder.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace hutong::http {

inline char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = lower(c);
    return result;
}

inline bool same_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

inline bool is_alphanumeric(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

inline bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) ||
               (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
    });
}

// A field value must not be able to end its own line (RFC 9110 section 5.5).
inline bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    });
}

inline std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Calls `each` with every trimmed member of a comma-separated list.
template <class Each>
void for_each_member(std::string_view list, Each each) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        each(trim(list.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace hutong::http
