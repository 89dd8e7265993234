#include "gateway/monitor/meter.hpp"

#include <functional>

namespace hutong::gateway {

std::size_t Meter::Hash::operator()(const Key& key) const {
    const std::hash<std::string_view> of;
    std::size_t hash = of(key.consumer);
    hash = hash * 31 + of(key.service);
    hash = hash * 31 + of(key.operation);
    return hash * 31 + static_cast<std::size_t>(key.hour.time_since_epoch().count());
}

void Meter::count(const MeteredCall& call) {
    const Key key{call.consumer, call.service, call.operation,
                  std::chrono::floor<std::chrono::hours>(call.at)};
    auto found = counted_.find(key);
    if (found == counted_.end()) {
        if (counted_.size() >= most_kinds) {
            ++left_out_;
            return;
        }
        registry::MeterRow names;
        names.consumer = key.consumer;
        names.service = key.service;
        names.operation = key.operation;
        names.from = key.hour;
        found = counted_.emplace(std::move(names), Figures()).first;
    }
    Figures& figures = found->second;
    ++figures.calls;
    if (call.fault) ++figures.faults;
    figures.bytes_in += call.bytes_in;
    figures.bytes_out += call.bytes_out;
    figures.microseconds += static_cast<std::uint64_t>(call.took.count());
}

Meter::Taken Meter::take() {
    Taken taken;
    taken.rows.reserve(counted_.size());
    while (!counted_.empty()) {
        auto node = counted_.extract(counted_.begin());
        registry::MeterRow& row = taken.rows.emplace_back(std::move(node.key()));
        const Figures& figures = node.mapped();
        row.calls = figures.calls;
        row.faults = figures.faults;
        row.bytes_in = figures.bytes_in;
        row.bytes_out = figures.bytes_out;
        row.microseconds = figures.microseconds;
    }
    taken.left_out = left_out_;
    left_out_ = 0;
    return taken;
}

}  // namespace hutong::gateway
