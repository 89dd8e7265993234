#include "gateway/main/daemon/meter_keeping.hpp"

#include "base/ids.hpp"
#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

MeterKeeping::MeterKeeping(registry::Metering& metering, std::string node, Collect collect)
    : metering_(metering), collect_(std::move(collect)) {
    batch_.node = std::move(node);
    batch_.run = new_uuid();
}

Awaitable<> MeterKeeping::run(asio::steady_timer& timer) {
    while (co_await sleep_for(timer, interval)) co_await flush();
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
    if (lost != 0 && left_out_ == 0)
        log(MessageId::HT5020, {{"calls", std::to_string(lost)}, {"waiting", std::to_string(waiting())}});
    left_out_ = lost;
}

void MeterKeeping::fill_batch() {
    ++batch_.number;
    while (!waiting_.empty() && batch_.rows.size() < most_at_once) {
        auto first = waiting_.extract(waiting_.begin());
        batch_.rows.push_back(std::move(first.mapped()));
    }
}

Awaitable<> MeterKeeping::finish() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (busy_) co_await sleep_for(timer, std::chrono::milliseconds(20));
    co_await flush();
}

// A failure is not logged: the watch on the database says when it is away, once.
Awaitable<> MeterKeeping::flush() {
    if (busy_) co_return;
    busy_ = true;
    gateway::Meter::Taken taken = co_await collect_();
    keep(std::move(taken));
    for (bool go_on = true; go_on;) {
        if (batch_.rows.empty()) fill_batch();
        if (batch_.rows.empty()) break;
        const Result<void> added = co_await metering_.add(batch_);
        go_on = added.has_value();
        if (go_on) batch_.rows.clear();
    }
    busy_ = false;
}

}  // namespace hutong::daemon
