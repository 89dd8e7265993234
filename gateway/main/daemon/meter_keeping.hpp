// Brings what the data threads count to the database every few seconds.
//
// What is on its way is lost by a crash: at most an interval. While the database is away it is kept, up to a
// number of rows. A row that the database does not take is left out, so that the others are counted. Whatever
// is lost is logged. Runs on the control thread; references outlive it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>

#include "base/asio.hpp"
#include "gateway/monitor/meter.hpp"
#include "registry/store/metering.hpp"

namespace hutong::daemon {

class MeterKeeping {
  public:
    static constexpr std::chrono::seconds interval{5};
    static constexpr std::size_t most_waiting = 100'000;  // rows
    static constexpr std::size_t most_at_once = 5'000;    // rows of a statement

    using Collect = std::function<Awaitable<gateway::Meter::Taken>()>;
    MeterKeeping(registry::Metering& metering, std::string node, Collect collect);

    Awaitable<> run(asio::steady_timer& timer);   // ends when the timer is cancelled
    Awaitable<> flush();                          // what there is now; nothing when it is at it already
    Awaitable<> finish();                         // the same, once it has done what it is at
    void tell_rest();                             // when the node stops: what has not been brought is lost
    std::uint64_t lost() const { return lost_; }  // calls, since the start
    std::size_t waiting() const { return waiting_.size() + batch_.rows.size(); }

  private:
    using Key = std::tuple<TimePoint, std::string, std::string, std::string>;
    void keep(gateway::Meter::Taken taken);
    void fill_batch();
    bool take_apart(const Error& error);
    void lose(std::uint64_t calls, const std::string& why);

    registry::Metering& metering_;
    Collect collect_;
    // In order, so that two nodes take the rows' locks in the same one.
    std::map<Key, registry::MeterRow> waiting_;
    // Brought as it is until it has arrived, since nobody knows whether a statement without an answer has.
    registry::MeterBatch batch_;
    std::size_t at_once_{most_at_once};  // fewer while looking for the row that is not taken
    std::uint64_t lost_{0}, told_{0};
    bool busy_{false};
};

}  // namespace hutong::daemon
