// What is done with sealed segments of the journal, off the path of calls: a signed head, an RFC 3161
// timestamp, and in time the archive.
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
#include "gateway/main/daemon/head_keeping.hpp"
#include "gateway/main/daemon/time_stamper.hpp"
#include "security/journal/seal_frame.hpp"

namespace hutong::daemon {

class SegmentChores {
  public:
    SegmentChores(std::filesystem::path journal, HeadKeeping::Key key, const TimeStamper& stamper,
                  std::chrono::seconds keep, std::filesystem::path archive, asio::thread_pool& blocking)
        : journal_(std::move(journal)),
          key_(std::move(key)),
          stamper_(stamper),
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
    struct Waiting {
        std::vector<Sealed> sealed;
        Result<void> trouble;  // with segments that could not be read
    };
    Result<Waiting> waiting_for_stamps();  // blocking
    Awaitable<> stamp_all();
    Awaitable<Result<void>> stamp(const Sealed& segment);
    // Blocking. The head at the seal, where none so new lies beside the segment: it may have been sealed
    // between two.
    Result<void> sign_seal(const Sealed& segment, const security::SigningKey& key) const;
    Result<void> archive_old() const;  // blocking
    Result<void> archive_if_old(const security::journal::SegmentFile& file, TimePoint limit) const;
    Awaitable<> archive();

    const std::filesystem::path journal_;
    const HeadKeeping::Key key_;
    const TimeStamper& stamper_;
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
