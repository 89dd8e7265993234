// What is done with sealed segments of the journal, off the path of calls: an RFC 3161 timestamp, and in time
// the archive.
//
// The loop runs on the control thread, slow work on the blocking pool; what is passed in outlives it. A
// timestamp authority that is away is tried again ever more seldom, up to every five minutes, and logged once
// per change.
#pragma once

#include <filesystem>
#include <optional>
#include <set>

#include <boost/json/object.hpp>

#include "base/asio.hpp"
#include "base/config/config.hpp"
#include "gateway/http/client.hpp"
#include "security/journal/seal_frame.hpp"
#include "security/timestamp/authority.hpp"

namespace hutong::daemon {

// Who stamps: either an authority outside or the built-in one.
struct Stamping {
    http::Client* client{nullptr};
    std::optional<http::Url> url;                      // nothing: the built-in one
    std::vector<Bytes> anchors;                        // DER: who vouches for the one outside
    const security::TimestampAuthority* own{nullptr};  // null: this node has no key for it
};

class SegmentChores {
  public:
    SegmentChores(std::filesystem::path journal, Stamping stamping, std::chrono::seconds keep,
                  std::filesystem::path archive, asio::thread_pool& blocking)
        : journal_(std::move(journal)),
          stamping_(std::move(stamping)),
          keep_(keep),
          archive_(std::move(archive)),
          blocking_(blocking) {}

    Awaitable<> run(asio::steady_timer& timer);  // ends when the timer is cancelled

    // "timestamps": "up", "error", "waiting" (sealed segments without one); "archive": likewise.
    boost::json::object state() const;

  private:
    struct Sealed {
        security::journal::SegmentFile file;
        security::journal::SealFrame seal;
    };
    struct Health {
        std::optional<bool> up{};
        std::string error{};
    };
    Result<std::vector<Sealed>> waiting_for_stamps();  // blocking
    Awaitable<> stamp_all();
    Awaitable<Result<void>> stamp(const Sealed& segment);
    Awaitable<Result<Bytes>> ask(Bytes query);
    Result<std::uint64_t> archive_old() const;  // blocking; how many
    Awaitable<> archive();

    const std::filesystem::path journal_;
    const Stamping stamping_;
    const std::chrono::seconds keep_;
    const std::filesystem::path archive_;
    asio::thread_pool& blocking_;
    std::set<std::uint64_t> stamped_;  // or never to be: in format 1, abandoned
    std::size_t waiting_{0};
    Health stamps_, moves_;
    std::chrono::seconds pause_{0};
    std::chrono::steady_clock::time_point try_again_{}, archive_again_{};
};

}  // namespace hutong::daemon
