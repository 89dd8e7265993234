// How far the daemon goes when it asks somebody else by HTTP: revocations of other CAs, notices to listeners.
#pragma once

#include "base/config/config.hpp"

namespace hutong::daemon {

// 3 s to connect, 10 s without a byte, answers of at most `most_bytes`, four connections to one place.
inline config::Backend client_limits(const config::Backend& backend, std::uint64_t most_bytes) {
    config::Backend options;
    options.connect_timeout = std::chrono::milliseconds(3'000);
    options.response_timeout = std::chrono::milliseconds(10'000);
    options.max_response_bytes = most_bytes;
    options.max_connections_per_endpoint = 4;
    options.ca_file = backend.ca_file;
    return options;
}

}  // namespace hutong::daemon
