#include "gateway/main/daemon/meter_keeping.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

namespace {

// The database may take it later: it is away, or somebody else is at it, or an administrator has to let us.
bool passes(const Error& error) {
    using enum ErrorCode;
    return error.code == unavailable || error.code == timeout || error.code == conflict ||
           error.code == refused;
}

}  // namespace

MeterKeeping::MeterKeeping(registry::Metering& metering, std::string node, Collect collect)
    : metering_(metering), collect_(std::move(collect)) {
    batch_.node = std::move(node);
    batch_.run = new_uuid();
}

Awaitable<> MeterKeeping::run(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, interval)) co_await flush();
}

void MeterKeeping::keep(gateway::Meter::Taken taken) {
    std::uint64_t lost = taken.left_out;
    for (registry::MeterRow& row : taken.rows) {
        const Key key{row.from, row.consumer, row.service, row.operation};
        const auto found = waiting_.find(key);
        if (found != waiting_.end())
            found->second.add(row);
        else if (waiting_.size() < most_waiting)
            waiting_.emplace(key, std::move(row));
        else
            lost += row.calls;
    }
    lose(lost, std::to_string(waiting()) + " rows wait for the database");
}

// Again whenever it is twice as much, so that what goes on for days is seen to grow and fills no log.
void MeterKeeping::lose(std::uint64_t calls, const std::string& why) {
    if (calls == 0) return;
    lost_ += calls;
    if (told_ != 0 && lost_ < 2 * told_) return;
    told_ = lost_;
    log(MessageId::HT5020, {{"calls", std::to_string(lost_)}, {"reason", why}});
}

void MeterKeeping::fill_batch() {
    ++batch_.number;
    while (!waiting_.empty() && batch_.rows.size() < at_once_) {
        auto first = waiting_.extract(waiting_.begin());
        batch_.rows.push_back(std::move(first.mapped()));
    }
}

Awaitable<> MeterKeeping::finish() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (busy_) co_await sleep_for(timer, std::chrono::milliseconds(20));
    co_await flush();
}

void MeterKeeping::tell_rest() {
    std::uint64_t calls = 0;
    for (const auto& [key, row] : waiting_) calls += row.calls;
    for (const registry::MeterRow& row : batch_.rows) calls += row.calls;
    told_ = 0;
    lose(calls, "the node stops and the database has not taken them");
}

// What the database says no to is halved until the row that it means stands alone, and is left out. False:
// it was left out.
bool MeterKeeping::take_apart(const Error& error) {
    const bool alone = batch_.rows.size() == 1;
    if (alone) {
        const registry::MeterRow& row = batch_.rows.front();
        told_ = 0;
        lose(row.calls, "of " + row.consumer + " to " + row.service + ": " + error.detail);
    } else {
        for (registry::MeterRow& row : batch_.rows) {
            const Key key{row.from, row.consumer, row.service, row.operation};
            // Since it was taken, it may have been called again.
            const auto [known, fresh] = waiting_.try_emplace(key, row);
            if (!fresh) known->second.add(row);
        }
    }
    at_once_ = alone ? most_at_once : batch_.rows.size() / 2;
    batch_.rows.clear();
    return !alone;
}

// What passes is not logged: the watch on the database says when it is away, once. At most one row is left
// out without another that was taken: when the database takes none, it is not the row.
Awaitable<> MeterKeeping::flush() {
    if (busy_) co_return;
    busy_ = true;
    gateway::Meter::Taken taken = co_await collect_();
    keep(std::move(taken));
    bool some_taken = false;
    for (bool go_on = true; go_on;) {
        if (batch_.rows.empty()) fill_batch();
        if (batch_.rows.empty()) break;
        const Result<void> added = co_await metering_.add(batch_);
        if (added.has_value()) {
            some_taken = true;
            at_once_ = std::min(at_once_ * 2, most_at_once);
            batch_.rows.clear();
        } else if (passes(added.error())) {
            go_on = false;
        } else if (!take_apart(added.error())) {
            go_on = some_taken;
            some_taken = false;
        }
    }
    busy_ = false;
}

}  // namespace hutong::daemon
