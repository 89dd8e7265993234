// Everything that makes evidence of this node's journal, beside the calls: what was trusted when, signed
// heads in other places, timestamps of sealed segments, and the archive.
//
// The parts are on the control thread unless their headers say otherwise; what is passed in outlives them.
#pragma once

#include <memory>
#include <string>

#include "base/home.hpp"
#include "gateway/main/daemon/head_keeping.hpp"
#include "gateway/main/daemon/segment_chores.hpp"
#include "gateway/main/daemon/threads.hpp"
#include "registry/store/catalogue_keeper.hpp"
#include "security/evidence/trust_history.hpp"

namespace hutong::daemon {

class EvidenceKeeping {
  public:
    struct Parts {
        const Home& home;
        const std::string& node;
        const config::Journal& options;
        security::Journal& journal;
        pg::Pool& pool;
        Threads& threads;
    };
    // Errors: of the node's keys, and of what the configuration names (a URL, a root certificate), with
    // where.
    static Result<std::unique_ptr<EvidenceKeeping>> open(const Parts& parts);

    // To be called before anything is judged by the catalogue.
    void note_trust(const registry::Catalogue& catalogue, const security::evidence::Domains& domains);
    Awaitable<> repeat_lost_trust(asio::steady_timer& timer);  // ends when the timer is cancelled
    void sign_heads_with(std::shared_ptr<const security::SigningKey> key) { head_key_ = std::move(key); }

    // Has a digest timestamped as segments are. For threads that may wait, and never the control thread.
    Result<security::Stamped> stamp(const Sha256Digest& imprint);

    HeadKeeping& heads() { return *heads_; }
    SegmentChores& segments() { return *segments_; }
    // Null: this node has no key for timestamps.
    const std::shared_ptr<const security::TimestampAuthority>& authority() const { return authority_; }

  private:
    explicit EvidenceKeeping(const Parts& parts);
    Result<void> load_keys(const Home& home);
    Result<Stamping> stamping(const Parts& parts) const;
    Result<void> add_places(const Parts& parts);

    security::evidence::TrustHistory trust_;
    std::shared_ptr<const security::SigningKey> head_key_;
    std::shared_ptr<const security::TimestampAuthority> authority_;
    config::Backend outside_;  // how timestamp authority and head receiver are spoken to
    std::unique_ptr<http::Client> client_;
    asio::io_context& control_;
    std::optional<TimeStamper> stamper_;
    std::optional<HeadKeeping> heads_;
    std::optional<SegmentChores> segments_;
};

}  // namespace hutong::daemon
