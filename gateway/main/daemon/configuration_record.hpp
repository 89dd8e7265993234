// The record of the configuration a node runs by: at its start and whenever it reads the file again, with
// what has changed since the last one.
//
// After the separation of the officers the file is the machine owner's last say in matters of security, so
// each of them is told what he changed (docs/decisions/0034). Runs on the control thread; references outlive
// it.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "base/config/recorded_values.hpp"
#include "base/home.hpp"
#include "gateway/main/daemon/own_records.hpp"
#include "security/access/access.hpp"

namespace hutong::daemon {

// A configuration, with what the record says of it.
struct ReadConfiguration {
    config::Config config;
    std::string digest;  // SHA-256 of the file as it was read, hex
    config::RecordedValues values;
};
Result<ReadConfiguration> read_configuration(const Home& home);

class ConfigurationRecord {
  public:
    ConfigurationRecord(const Home& home, const std::string& node, OwnRecords& records,
                        security::Access& access, asio::thread_pool& blocking)
        : home_(home), node_(node), records_(records), access_(access), blocking_(blocking) {}

    // In force from now on.
    void taken(std::string digest, config::RecordedValues values);
    // Records what was taken and tells the officers, again and again until both are done; ends when the timer
    // is cancelled.
    Awaitable<> run(asio::steady_timer& timer);

  private:
    struct Taken {
        std::string digest;
        config::RecordedValues values;
    };
    Awaitable<bool> record_next();
    Awaitable<void> know_the_last();
    Awaitable<void> tell_officers();

    const Home& home_;
    const std::string& node_;
    OwnRecords& records_;
    security::Access& access_;
    asio::thread_pool& blocking_;
    std::deque<Taken> waiting_;
    bool known_{false};                           // whether the journal was looked into
    std::optional<config::RecordedValues> last_;  // nothing: this is the first
    std::string uncompared_;                      // why the last one cannot be read; empty: it can
    std::deque<std::string> untold_;
};

}  // namespace hutong::daemon
