#include "gateway/stages/replay.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "security/xmldsig/signature_value.hpp"

namespace hutong::gateway {

ReplayWindow::ReplayWindow(std::uint64_t capacity)
    : capacity_per_shard_(std::max<std::uint64_t>(1, capacity / shard_count)) {}

ReplayWindow::Answer ReplayWindow::enter(const std::string& key, TimePoint expires, TimePoint now) {
    Shard& shard = shards_[shard_of(key)];
    const std::lock_guard lock(shard.mutex);
    while (!shard.by_expiry.empty() && shard.by_expiry.begin()->first < now) {
        shard.seen.erase(shard.by_expiry.begin()->second);
        shard.by_expiry.erase(shard.by_expiry.begin());
    }
    if (shard.seen.contains(key)) return Answer::replayed;
    if (shard.seen.size() >= capacity_per_shard_) return Answer::full;
    shard.seen.emplace(key, expires);
    shard.by_expiry.emplace(expires, key);
    return Answer::fresh;
}

bool ReplayWindow::knows(const std::string& key, TimePoint now) const {
    const Shard& shard = shards_[shard_of(key)];
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.seen.find(key);
    return found != shard.seen.end() && found->second >= now;
}

std::uint64_t ReplayWindow::size() const {
    std::uint64_t sum = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        sum += shard.seen.size();
    }
    return sum;
}

namespace {

std::string what_identifies(const security::Claims& claims) {
    return claims.message_id
               ? "id " + *claims.message_id
               : "sv " + security::lasting_part(claims.signature_algorithm, claims.signature_value);
}

}  // namespace

std::optional<Refusal> ReplayStage::at_header(Exchange& exchange) {
    if (!exchange.claims) return std::nullopt;
    const std::string what = what_identifies(*exchange.claims);
    exchange.replay_key = to_base64(sha256(exchange.trust.thumbprint + " " + what));
    if (window_->knows(exchange.replay_key, exchange.received)) return refuse::replayed(what);
    return std::nullopt;
}

Awaitable<std::optional<Refusal>> ReplayStage::request(Exchange& exchange) {
    if (!exchange.claims) co_return std::nullopt;
    const config::Security& options = exchange.settings->config.security;
    const TimePoint until = exchange.received + options.freshness + 2 * options.clock_skew;
    switch (window_->enter(exchange.replay_key, until, exchange.received)) {
        case ReplayWindow::Answer::fresh:
            co_return std::nullopt;
        case ReplayWindow::Answer::replayed:
            co_return refuse::replayed(what_identifies(*exchange.claims));
        case ReplayWindow::Answer::full:
            break;
    }
    co_return refuse::receiver("The gateway takes no further signed calls at this moment; try again later.",
                               "the replay table is full; raise security.replay_entries");
}

}  // namespace hutong::gateway
