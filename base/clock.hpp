// The one source of wall-clock time, so that tests can move it; everything else about time is std::chrono.
//
// Thread-safe. Times are UTC with millisecond use; parse and format follow XML Schema dateTime.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong {

using TimePoint = std::chrono::system_clock::time_point;

class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
};

// The machine's clock.
const Clock& system_clock();

std::string format_utc(TimePoint time);              // 2026-11-23T08:00:00.123Z
Result<TimePoint> parse_utc(std::string_view text);  // xs:dateTime with a zone; fractions to nanoseconds

}  // namespace hutong
