// What is counted of calls.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace hutong::registry {

struct MeterRow {
    std::string consumer;
    std::string service;  // org/name
    std::string operation;
    TimePoint from{};            // beginning of the hour, or of what a report is by
    std::uint64_t calls{0};      // that were accepted
    std::uint64_t faults{0};     // of them, answered with a fault
    std::uint64_t bytes_in{0};   // of requests, as they came
    std::uint64_t bytes_out{0};  // of answers, as they went
    std::uint64_t microseconds{0};

    void add(const MeterRow& other) {
        calls += other.calls;
        faults += other.faults;
        bytes_in += other.bytes_in;
        bytes_out += other.bytes_out;
        microseconds += other.microseconds;
    }
};

}  // namespace hutong::registry
