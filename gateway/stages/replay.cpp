#include "gateway/stages/replay.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/token_callers.hpp"
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

// Without a signature it is the nonce of the UsernameToken that may come once.
std::string what_identifies(const security::Claims& claims) {
    if (claims.message_id) return "id " + *claims.message_id;
    if (claims.certificate.empty() && !claims.one_time.empty()) return claims.one_time.front().key;
    return "sv " + security::lasting_part(claims.signature_algorithm, claims.signature_value);
}

}  // namespace

std::chrono::seconds replay_life(const config::Security& options, const security::TimeLimits& longest) {
    return std::max(options.freshness, longest.freshness) +
           2 * std::max(options.clock_skew, longest.clock_skew);
}

// Whether the key went in is not known when the database is away or late, so the call does not go on.
Awaitable<std::optional<Refusal>> ReplayStage::ask_all_nodes(std::string key, std::string what,
                                                             TimePoint until, TimePoint now) {
    constexpr const char* away =
        "The gateway cannot tell at this moment whether another node has taken this message; sign a new one "
        "and try again later.";
    if (shared_ == nullptr) co_return refuse::receiver(away, "there is no shared replay table");
    const Result<bool> fresh = co_await shared_->enter(key, until, now);
    if (fresh.has_error()) co_return refuse::receiver(away, fresh.error().detail);
    if (!*fresh) co_return refuse::replayed(what);
    co_return std::nullopt;
}

Awaitable<std::optional<Refusal>> ReplayStage::enter_shared(Exchange& exchange, std::string what,
                                                            TimePoint until) {
    auto refusal = co_await ask_all_nodes(exchange.replay_key, what, until, exchange.received);
    for (const security::OneTime& once : exchange.claims->one_time) {
        if (refusal) break;
        refusal = co_await ask_all_nodes(one_time_key(once), once.key, once.until, exchange.received);
    }
    co_return refusal;
}

std::optional<Refusal> ReplayStage::at_header(Exchange& exchange) {
    if (!exchange.claims) return std::nullopt;
    const std::string what = what_identifies(*exchange.claims);
    exchange.replay_key = to_base64(sha256(exchange.consumer->id + " " + what));
    if (window_->knows(exchange.replay_key, exchange.received)) return refuse::replayed(what);
    return std::nullopt;
}

Awaitable<std::optional<Refusal>> ReplayStage::request(Exchange& exchange) {
    if (!exchange.claims) co_return std::nullopt;
    const config::Security& options = exchange.settings->config.security;
    const TimePoint until = exchange.received + replay_life(options, exchange.table->longest_times);
    for (security::OneTime& once : exchange.claims->one_time) once.until = std::max(once.until, until);
    const std::string what = what_identifies(*exchange.claims);
    if (exchange.route->service.security.replay == registry::ReplayScope::shared)
        co_return co_await enter_shared(exchange, what, until);
    switch (window_->enter(exchange.replay_key, until, exchange.received)) {
        case ReplayWindow::Answer::fresh:
            co_return enter_one_time(exchange, *window_);
        case ReplayWindow::Answer::replayed:
            co_return refuse::replayed(what_identifies(*exchange.claims));
        case ReplayWindow::Answer::full:
            break;
    }
    co_return refuse::receiver("The gateway takes no further signed calls at this moment; try again later.",
                               "the replay table is full; raise security.replay_entries");
}

}  // namespace hutong::gateway
