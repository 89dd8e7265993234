// Keeps one consumer from taking what belongs to all: a token bucket per consumer.
//
// Buckets are spread over shards, each with its own lock, so that consumers seldom meet.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class TokenBuckets {
  public:
    using Clock = std::chrono::steady_clock;
    // Takes one token of `consumer`'s bucket; false when it is empty.
    bool take(const std::string& consumer, double per_second, unsigned burst, Clock::time_point now);

  private:
    struct Bucket {
        double tokens;
        Clock::time_point at;
    };
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Bucket> buckets;
    };
    std::array<Shard, 16> shards_;
};

class ThrottleStage final : public Stage {
  public:
    std::string_view name() const override { return "throttle"; }
    std::optional<Refusal> at_header(Exchange& exchange) override;

  private:
    TokenBuckets buckets_;
};

}  // namespace hutong::gateway
