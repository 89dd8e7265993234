// The public URL of a node and the names its TLS certificate must carry. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/config/config.hpp"
#include "base/result.hpp"

namespace hutong {

// Error: invalid, unless it is http(s)://host[:port][/path] without query, user or trailing slash.
Result<void> check_public_url(std::string_view url);

// What goes into certificates at init: the configured URL, else the HTTPS (or HTTP) address, with a name of
// the loopback in place of a wildcard address. Port 0 is only known once the server listens and is left out.
std::string founding_url(const config::Http& http);

std::string host_of(std::string_view url);  // "[::1]" without its brackets
std::vector<std::string> tls_names(std::string_view public_url,
                                   std::string_view machine);  // its host, the machine's
                                                               // name if known, the loopback
std::string machine_name();                                    // empty when it is not a DNS name
bool is_loopback_url(std::string_view url);

}  // namespace hutong
