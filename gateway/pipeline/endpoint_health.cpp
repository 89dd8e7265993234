#include "gateway/pipeline/endpoint_health.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace hutong::gateway {

void Endpoint::succeeded() {
    failures_.store(0, std::memory_order_relaxed);
    if (down_until_.exchange(0, std::memory_order_relaxed) != 0)
        log(MessageId::HT5005, {{"endpoint", address_}});
}

void Endpoint::failed(const config::Backend& options) {
    const unsigned failures = failures_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (failures < std::max(1u, options.failures_until_down)) return;
    const auto pause = std::chrono::duration_cast<std::chrono::steady_clock::duration>(options.down_time);
    if (down_until_.exchange(now() + pause.count(), std::memory_order_relaxed) == 0)
        log(MessageId::HT5004, {{"endpoint", address_}, {"failures", std::to_string(failures)}});
}

std::vector<Endpoint*> RoundRobin::order(const std::vector<std::shared_ptr<Endpoint>>& endpoints) {
    std::vector<Endpoint*> result;
    if (endpoints.empty()) return result;
    const std::size_t first = next_.fetch_add(1, std::memory_order_relaxed) % endpoints.size();
    result.reserve(endpoints.size());
    for (std::size_t i = 0; i < endpoints.size(); ++i)
        result.push_back(endpoints[(first + i) % endpoints.size()].get());
    std::stable_partition(result.begin(), result.end(), [](const Endpoint* e) { return e->available(); });
    return result;
}

}  // namespace hutong::gateway
