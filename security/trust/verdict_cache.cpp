#include "security/trust/verdict_cache.hpp"

#include <algorithm>
#include <functional>

namespace hutong::security {

void Validity::narrow(TimePoint not_before, TimePoint not_after) {
    from = std::max(from, not_before);
    until = std::min(until, not_after);
}

std::size_t VerdictCache::shard_of(const std::string& thumbprint) {
    return std::hash<std::string>{}(thumbprint) % shard_count;
}

std::string VerdictCache::key_of(const std::string& thumbprint, Usage usage) {
    return thumbprint + "/" + std::to_string(static_cast<int>(usage));
}

std::optional<TrustVerdict> VerdictCache::find(const std::string& thumbprint, Usage usage,
                                               TimePoint now) const {
    const Shard& shard = shards_[shard_of(thumbprint)];
    const std::string key = key_of(thumbprint, usage);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(key);
    if (found == shard.entries.end() || !found->second.validity.holds(now)) return std::nullopt;
    return found->second.verdict;
}

void VerdictCache::keep(const TrustVerdict& verdict, Usage usage, Validity validity) {
    Shard& shard = shards_[shard_of(verdict.thumbprint)];
    const std::lock_guard lock(shard.mutex);
    if (shard.entries.size() >= max_per_shard) shard.entries.clear();
    shard.entries.insert_or_assign(key_of(verdict.thumbprint, usage), Entry{verdict, validity});
}

}  // namespace hutong::security
