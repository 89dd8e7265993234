// The composition root of `hutong serve`: makes every part of a node, wires them, and takes them down in
// order.
//
// serve() runs on the main thread until SIGTERM or SIGINT and returns when in-flight calls have finished.
// SIGHUP reads configuration, keys and TLS files again and opens the log again.
#pragma once

#include "base/home.hpp"
#include "base/result.hpp"

namespace hutong::daemon {

// Errors are those of start-up, one line each.
Result<void> serve(const Home& home);

}  // namespace hutong::daemon
