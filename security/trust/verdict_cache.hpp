// Remembers for a while which certificates were found trusted, since building a chain costs public-key
// operations.
//
// Thread-safe; sharded by thumbprint, so that threads seldom wait for each other. Bounded: a full shard is
// emptied. Only good news is kept: a certificate that was refused is judged anew each time.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "security/trust/trust_store.hpp"

namespace hutong::security {

// When a verdict holds: while every certificate of the chain and every CRL that was asked is current.
struct Validity {
    TimePoint from{TimePoint::min()};
    TimePoint until{TimePoint::max()};
    void narrow(TimePoint not_before, TimePoint not_after);
    bool holds(TimePoint time) const { return from <= time && time <= until; }
};

class VerdictCache {
  public:
    std::optional<TrustVerdict> find(const std::string& thumbprint, Usage usage, TimePoint now) const;
    void keep(const TrustVerdict& verdict, Usage usage, Validity validity);

  private:
    static constexpr std::size_t shard_count = 16;
    static constexpr std::size_t max_per_shard = 4096;

    struct Entry {
        TrustVerdict verdict;
        Validity validity;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<std::string, Entry> entries;
    };
    // A SHA-256 thumbprint spreads by itself.
    static std::size_t shard_of(const std::string& thumbprint);
    static std::string key_of(const std::string& thumbprint, Usage usage);

    std::array<Shard, shard_count> shards_;
};

}  // namespace hutong::security
