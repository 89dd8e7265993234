// Asks the running daemon over HOME/run/admin.sock. Blocking; for the command line.
#pragma once

#include <chrono>

#include "base/home.hpp"
#include "gateway/main/admin/protocol.hpp"

namespace hutong::admin {

// Errors: unavailable when no daemon runs, refused when the socket is another user's, timeout, and what it
// answers. What it has to tell besides comes into `notices`, however it answers.
Result<json::value> ask(const Home& home, const Request& request,
                        std::chrono::seconds patience = std::chrono::seconds(120),
                        std::vector<std::string>* notices = nullptr);

}  // namespace hutong::admin
