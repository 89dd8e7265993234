#include "base/addresses.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include <arpa/inet.h>

namespace hutong {

namespace {

constexpr std::size_t v4_offset = 12;
constexpr unsigned v4_bits = 96;

bool is_v4(const IpAddress& address) {
    static constexpr std::array<std::uint8_t, v4_offset> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(mapped.begin(), mapped.end(), address.begin());
}

bool in_any(const IpAddress& address, std::initializer_list<std::string_view> networks) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](std::string_view text) { return Network::parse(text).value().contains(address); });
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// Parts between dots, none of them empty, each as `good` has it.
template <class Good>
bool is_dotted(std::string_view text, Good good) {
    while (true) {
        const std::size_t dot = text.find('.');
        if (!good(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_atom(std::string_view atom) {
    static constexpr std::string_view others = "!#$&'*+-/=?^_`{|}~";
    return !atom.empty() && std::all_of(atom.begin(), atom.end(), [](char c) {
        return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
    });
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
    const std::string whole(text);
    IpAddress address{};
    if (inet_pton(AF_INET6, whole.c_str(), address.data()) == 1) return address;
    address = {};
    if (inet_pton(AF_INET, whole.c_str(), address.data() + v4_offset) != 1) return std::nullopt;
    address[10] = address[11] = 0xff;
    return address;
}

Result<Network> Network::parse(std::string_view text) {
    const auto bad = [&] {
        return invalid("\"" + std::string(text) +
                       "\" is no network of addresses such as \"10.20.0.0/16\" or \"fd00:1::/32\"");
    };
    const std::size_t slash = text.find('/');
    const auto first = parse_ip(text.substr(0, slash));
    if (!first) return bad();
    Network network;
    network.first_ = *first;
    const bool v4 = text.find(':') == std::string_view::npos;
    if (slash == std::string_view::npos) return network;
    const std::string_view length = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, wrong] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (wrong != std::errc{} || end != length.data() + length.size() || bits > (v4 ? 32u : 128u))
        return bad();
    network.bits_ = bits + (v4 ? v4_bits : 0u);
    return network;
}

bool Network::contains(const IpAddress& address) const {
    const std::size_t whole = bits_ / 8;
    const auto size = static_cast<std::ptrdiff_t>(whole);
    if (!std::equal(first_.begin(), first_.begin() + size, address.begin())) return false;
    const unsigned rest = bits_ % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    return (first_[whole] & mask) == (address[whole] & mask);
}

bool is_public(const IpAddress& address) {
    if (is_v4(address))
        return !in_any(address,
                       {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
                        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
    return in_any(address, {"2000::/3"}) &&
           !in_any(address, {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
}

bool is_mailbox(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos || at > 64 || text.size() > 254) return false;
    return is_dotted(text.substr(0, at), is_atom) && is_dotted(text.substr(at + 1), is_label);
}

}  // namespace hutong
