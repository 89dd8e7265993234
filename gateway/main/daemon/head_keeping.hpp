// Sends the journal's signed head to the places that keep it, each every few seconds and by itself.
//
// A place that is away delays no other and no call; it is logged once when it goes and once when it comes
// back, and the newest head goes there then. The loops run on the control thread, slow work on the blocking
// pool; what is passed in outlives them. `states()` is for the control thread.
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>

#include <boost/json/array.hpp>

#include "base/asio.hpp"
#include "base/pg/pool.hpp"
#include "gateway/http/client.hpp"
#include "security/evidence/signed_head.hpp"

namespace hutong::daemon {

class HeadKeeping {
  public:
    // The head lives until what is returned is done.
    using Keep = std::function<Awaitable<Result<void>>(const security::evidence::SignedHead&)>;
    using Key = std::function<std::shared_ptr<const security::SigningKey>()>;  // the newest; may be renewed

    HeadKeeping(security::Journal& journal, std::string node, Key key, std::chrono::seconds interval)
        : journal_(journal), node_(std::move(node)), key_(std::move(key)), interval_(interval) {}

    void add(std::string place, Keep keep) { places_.push_back({std::move(place), std::move(keep)}); }
    std::size_t size() const { return places_.size(); }

    // Of one place; ends when its timer is cancelled.
    Awaitable<> keep_at(std::size_t place, asio::steady_timer& timer);

    boost::json::array states() const;  // [{"place", "up", "sequence", "kept", "error"}]

  private:
    struct Place {
        std::string name;
        Keep keep;
        std::optional<bool> up{};
        std::string error{};
        std::uint64_t segment{0}, frames{0}, sequence{0};  // what it has
        std::optional<TimePoint> kept{};
    };
    Awaitable<> send(Place& place);
    void note(Place& place, const Result<void>& kept);

    security::Journal& journal_;
    const std::string node_;
    const Key key_;
    const std::chrono::seconds interval_;
    std::list<Place> places_;
};

// Beside its segment, unless a head of as many frames or more lies there. Safe from any thread.
Result<void> keep_newest_head(const std::filesystem::path& journal,
                              const security::evidence::SignedHead& head);

// Adds one line, its end included, to a file that only grows, and waits for the disk. Error: unavailable.
Result<void> append_line(const std::filesystem::path& file, const std::string& line);

// The places there are. The node's own disk is one, for exports; it proves nothing against the node itself.
HeadKeeping::Keep keep_on_own_disk(std::filesystem::path journal, asio::thread_pool& blocking);
HeadKeeping::Keep keep_in_database(pg::Pool& pool);
HeadKeeping::Keep keep_in_folder(std::filesystem::path folder, std::string node, asio::thread_pool& blocking);
HeadKeeping::Keep keep_by_post(http::Client& client, http::Url url);

}  // namespace hutong::daemon
