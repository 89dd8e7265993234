// Addresses as text: IP networks, which of them are public, and mailboxes.
//
// RFC 4632 (prefixes), RFC 6890 and IANA's special-purpose registries (what is not public), RFC 5321 section
// 4.1.2 (mailboxes). Values and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace hutong {

// 16 bytes in network order; an IPv4 address is its IPv4-mapped form, ::ffff:a.b.c.d.
using IpAddress = std::array<std::uint8_t, 16>;

std::optional<IpAddress> parse_ip(std::string_view text);  // without brackets, port and zone

class Network {
  public:
    // "10.0.0.0/8", "fd00::/8", or a single address. Error: invalid.
    static Result<Network> parse(std::string_view text);
    bool contains(const IpAddress& address) const;

  private:
    IpAddress first_{};
    unsigned bits_{128};
};

// Globally reachable unicast. What leads into another network (6to4, NAT64, Teredo) is not.
bool is_public(const IpAddress& address);

// local@domain as plain mail systems have it: no quotes, no comments, no percent signs, ASCII.
bool is_mailbox(std::string_view text);

}  // namespace hutong
