// How doctor gets at facts outside the process: sockets, disks, file modes, the database by URL.
//
// Blocking, bounded in time; nothing is changed.
#pragma once

#include <filesystem>

#include "base/clock.hpp"
#include "base/config/config.hpp"
#include "gateway/main/doctor/checks.hpp"

namespace hutong::doctor {

// Why `address` ("host:port") cannot be bound now; empty: it can. Port 0 always can.
std::string bind_error(const std::string& address);
// Whether a connection to "http://127.0.0.1:41234" or "https://…" comes about within two seconds.
bool reachable(const std::string& url);

DiskFacts disk_facts(const std::filesystem::path& folder, std::uint64_t needed);
FileMode file_mode(const std::filesystem::path& file, const std::filesystem::path& home);
std::uint64_t open_file_limit();

// The clock of the database at `url`, which also shows that it answers. Its schema is checked by the daemon.
Result<TimePoint> database_clock(const config::Database& options, const std::string& url);

}  // namespace hutong::doctor
