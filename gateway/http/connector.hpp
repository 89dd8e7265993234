// Makes a connection to an endpoint: name, every address it has, TCP, TLS. Internal to this folder.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/http/client.hpp"
#include "gateway/http/stream.hpp"

namespace hutong::http {

// The addresses of `host`; returns at `deadline` even when the system's resolver is still at it (getaddrinfo
// can't be interrupted). Error: unavailable, timeout.
Awaitable<Result<std::vector<asio::ip::tcp::endpoint>>> resolve(asio::io_context& context,
                                                                const std::string& host,
                                                                const std::string& port, Instant deadline);

// A connected socket: all addresses are tried in turn, each with a fair share of the time left.
Awaitable<Result<Socket>> connect(asio::io_context& context, const std::shared_ptr<Timekeeper>& keeper,
                                  const std::vector<asio::ip::tcp::endpoint>& addresses, Instant deadline);

}  // namespace hutong::http
