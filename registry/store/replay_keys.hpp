// The replay keys that all nodes share: one row in PostgreSQL for each message that any node accepted.
//
// Thread-safe as far as the pool is. Errors: unavailable, when the database is away; timeout, when it did not
// answer in time, and then the key may or may not be in.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "base/pg/pool.hpp"

namespace hutong::registry {

class ReplayKeys {
  public:
    explicit ReplayKeys(pg::Pool& pool, std::chrono::milliseconds patience = std::chrono::milliseconds(2000))
        : pool_(pool), patience_(patience) {}

    // False: some node has the key already, and it has not expired by `now`.
    Awaitable<Result<bool>> enter(std::string key, TimePoint expires, TimePoint now);

    // Drops what expired before `now`, some thousand rows at a time; the number that went.
    Awaitable<Result<std::uint64_t>> forget(TimePoint now);

  private:
    pg::Pool& pool_;
    std::chrono::milliseconds patience_;
};

}  // namespace hutong::registry
