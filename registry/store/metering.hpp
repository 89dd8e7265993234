// The figures of calls in the database: added in batches, read as a report.
//
// Thread-safe as far as the pool is.
#pragma once

#include <vector>

#include "base/pg/pool.hpp"
#include "registry/model/meter.hpp"

namespace hutong::registry {

// From one node, in order. Of the same number of the same run only the first one counts.
struct MeterBatch {
    std::string node;
    std::string run;  // of the program: numbers begin again with each
    std::uint64_t number{0};
    std::vector<MeterRow> rows;  // each consumer, service, operation and hour once
};

struct MeterQuery {
    std::string consumer;  // empty: any
    std::string service;
    TimePoint since{};
    std::string by{"day"};  // hour | day | month, UTC
};

class Metering {
  public:
    static constexpr std::size_t most_rows = 10'000;  // of a report

    explicit Metering(pg::Pool& pool) : pool_(pool) {}

    Awaitable<Result<void>> add(const MeterBatch& batch);  // one statement
    // Newest first, at most most_rows. Error: invalid, when `by` is none of these.
    Awaitable<Result<std::vector<MeterRow>>> report(MeterQuery query);

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::registry
