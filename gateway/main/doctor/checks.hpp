// What doctor thinks of the facts it gathered: pure functions from facts to findings, each with what to do.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace hutong::doctor {

enum class Level { ok, warn, fail };
std::string_view to_string(Level level);

struct Finding {
    Level level{Level::ok};
    std::string what;   // "disk /var/lib/hutong/journal"
    std::string state;  // "12 GB free"
    std::string mend;   // empty when ok
};

struct PortFacts {
    std::string name;     // "http" | "https"
    std::string address;  // as configured
    bool daemon_running{false};
    std::string listening_at;  // from listen.json, empty: not
    bool reachable{false};     // a connection to listening_at succeeds
    std::string bind_error;    // when nothing runs: why the port cannot be taken, empty: it can
};
Finding check_port(const PortFacts& facts);

struct ClockFacts {
    TimePoint now;
    std::optional<TimePoint> newest_not_before;  // of this node's certificates
    std::optional<TimePoint> database;           // the database's clock
};
Finding check_clock(const ClockFacts& facts);

struct DiskFacts {
    std::string folder;
    std::uint64_t free_bytes{0};
    std::uint64_t needed_bytes{0};  // below it, calls are refused
    std::string error;              // why it cannot be told
};
Finding check_disk(const DiskFacts& facts);

struct CertificateState {
    std::string name;  // "tls"
    std::string subject;
    TimePoint not_after;
    std::string error;  // why it cannot be read
};
Finding check_certificate(const CertificateState& certificate, TimePoint now);

struct FileMode {
    std::string path;
    unsigned mode{0};  // permission bits
    bool ours{true};   // belongs to the owner of the home
    std::string error;
};
Finding check_secret_file(const FileMode& file);

Finding check_open_files(std::uint64_t limit, std::uint64_t connections);

}  // namespace hutong::doctor
