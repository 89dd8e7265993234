#include "gateway/stages/throttle.hpp"

#include <algorithm>

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

bool TokenBuckets::take(const std::string& consumer, double per_second, unsigned burst,
                        Clock::time_point now) {
    Shard& shard = shards_[std::hash<std::string>{}(consumer) % shards_.size()];
    const double most = std::max(1u, burst);
    const std::lock_guard lock(shard.mutex);
    // Only registered consumers come here, so the map is bounded by their number.
    Bucket& bucket = shard.buckets.try_emplace(consumer, Bucket{most, now}).first->second;
    const double elapsed = std::chrono::duration<double>(now - bucket.at).count();
    bucket.tokens = std::min(most, bucket.tokens + std::max(0.0, elapsed) * per_second);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
}

std::optional<Refusal> ThrottleStage::at_header(Exchange& exchange) {
    const config::Throttle& limits = exchange.settings->config.throttle;
    if (limits.calls_per_second > 0 && !buckets_.take(exchange.consumer->id, limits.calls_per_second,
                                                      limits.burst, TokenBuckets::Clock::now()))
        return refuse::receiver(
            "Consumer " + exchange.consumer->id + " calls faster than it may; slow down and try again.",
            "rate limit");
    return std::nullopt;
}

}  // namespace hutong::gateway
