// Refuses a signed message that was accepted before: by this node, or by any, as the service's policy says.
//
// The key is the consumer (not its certificate: one key may have several, and the token is not signed) and
// the signed wsa:MessageID, or else what of the SignatureValue only the signer can have made (an ECDSA
// signature can be written in two ways). An entry lives until the most patient service of the platform would
// refuse the message's Timestamp, whichever took it. A full table refuses, it never forgets early. What is
// known already is refused at the header; the entry is made when the whole message has been verified.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "gateway/pipeline/stage.hpp"
#include "registry/store/replay_keys.hpp"

namespace hutong::gateway {

// Keys seen and when each may be forgotten. Thread-safe; sharded by key.
class ReplayWindow {
  public:
    explicit ReplayWindow(std::uint64_t capacity);
    enum class Answer { fresh, replayed, full };
    Answer enter(const std::string& key, TimePoint expires, TimePoint now);
    bool knows(const std::string& key, TimePoint now) const;
    std::uint64_t size() const;

  private:
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<std::string, TimePoint> seen;
        std::multimap<TimePoint, std::string> by_expiry;
    };
    static constexpr std::size_t shard_count = 16;
    static std::size_t shard_of(const std::string& key) {
        return std::hash<std::string>{}(key) % shard_count;
    }
    std::array<Shard, shard_count> shards_;
    std::uint64_t capacity_per_shard_;
};

class ReplayStage final : public Stage {
  public:
    // Without `shared`, calls of services whose replay scope is shared are refused.
    explicit ReplayStage(std::shared_ptr<ReplayWindow> window, registry::ReplayKeys* shared = nullptr)
        : window_(std::move(window)), shared_(shared) {}
    std::string_view name() const override { return "replay"; }
    std::optional<Refusal> at_header(Exchange& exchange) override;
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;

  private:
    Awaitable<std::optional<Refusal>> ask_all_nodes(std::string key, std::string what, TimePoint until,
                                                    TimePoint now);
    Awaitable<std::optional<Refusal>> enter_shared(Exchange& exchange, std::string what, TimePoint until);

    std::shared_ptr<ReplayWindow> window_;
    registry::ReplayKeys* shared_;
};

// How long after its arrival a message may still be accepted by any service, clocks that differ included.
// `longest`: what services say themselves.
std::chrono::seconds replay_life(const config::Security& options, const security::TimeLimits& longest);

}  // namespace hutong::gateway
