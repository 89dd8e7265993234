// Everything that makes evidence of this node's journal, beside the calls: what was trusted when, signed
// heads in other places, timestamps of sealed segments, and the archive.
//
// The parts are on the control thread unless their headers say otherwise; what is passed in outlives them.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/home.hpp"
#include "gateway/main/daemon/head_keeping.hpp"
#include "gateway/main/daemon/segment_chores.hpp"
#include "gateway/main/daemon/threads.hpp"
#include "gateway/main/node_keys.hpp"
#include "registry/store/catalogue_keeper.hpp"
#include "security/evidence/trust_history.hpp"

namespace hutong::daemon {

// This node's own timestamp authority; null: it has no key for one.
Result<std::shared_ptr<const security::TimestampAuthority>> load_timestamps(const Home& home,
                                                                            const KeyPlaces& places);

class EvidenceKeeping {
  public:
    struct Parts {
        const Home& home;
        const std::string& node;
        const config::Journal& options;
        security::Journal& journal;
        pg::Pool& pool;
        Threads& threads;
        const KeyPlaces& places;
    };
    // Errors: of the node's keys, and of what the configuration names (a URL, a root certificate), with
    // where.
    static Result<std::unique_ptr<EvidenceKeeping>> open(const Parts& parts);

    // To be called before anything is judged by the catalogue.
    void note_trust(const registry::Catalogue& catalogue, const security::evidence::Domains& domains);
    Awaitable<> repeat_lost_trust(asio::steady_timer& timer);  // ends when the timer is cancelled
    // Of renewed keys; on the control thread.
    void use(std::shared_ptr<const security::SigningKey> heads,
             std::shared_ptr<const security::TimestampAuthority> timestamps) {
        head_key_ = std::move(heads);
        authority_.store(std::move(timestamps));
    }

    // Has a digest timestamped as segments are. For threads that may wait, and never the control thread.
    Result<security::Stamped> stamp(const Sha256Digest& imprint);

    HeadKeeping& heads() { return *heads_; }
    SegmentChores& segments() { return *segments_; }
    // The built-in timestamp authority, on any thread; null: this node has no key for it.
    std::shared_ptr<const security::TimestampAuthority> authority() const { return authority_.load(); }

  private:
    explicit EvidenceKeeping(const Parts& parts);
    Result<void> load_keys(const Home& home, const KeyPlaces& places);
    Result<Stamping> stamping(const Parts& parts) const;
    Result<void> add_places(const Parts& parts);

    security::evidence::TrustHistory trust_;
    std::shared_ptr<const security::SigningKey> head_key_;
    std::atomic<std::shared_ptr<const security::TimestampAuthority>> authority_;
    config::Backend outside_;  // how timestamp authority and head receiver are spoken to
    std::unique_ptr<http::Client> client_;
    asio::io_context& control_;
    std::optional<TimeStamper> stamper_;
    std::optional<HeadKeeping> heads_;
    std::optional<SegmentChores> segments_;
};

}  // namespace hutong::daemon
