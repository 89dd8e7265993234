// How many records strangers can cause: so many a minute one by one, then only their number, at 1, 10, 100, …
// of them and when the minute is over.
//
// Whoever reaches the API can be refused as often as he likes; the journal keeps everything for years. For
// one thread.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace hutong::admin {

class StrangerRecords {
  public:
    static constexpr unsigned most = 200;
    static constexpr std::chrono::minutes window{1};

    struct Due {
        bool itself{false};         // the record of what was refused now
        std::uint64_t left_out{0};  // else, or before it: one that says how many were left out; 0: none
    };
    Due next(TimePoint now);

  private:
    TimePoint since_{};
    unsigned written_{0};
    std::uint64_t left_out_{0}, told_{0};
};

}  // namespace hutong::admin
