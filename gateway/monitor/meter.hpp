// Counts calls per consumer, service, operation and hour (计量): one Meter for each data thread.
//
// A Meter belongs to its thread; nothing is shared and nothing waits. Whoever collects asks the thread for
// what it has.
#pragma once

#include <chrono>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "registry/model/meter.hpp"

namespace hutong::gateway {

// One call, as seen when its answer is ready.
struct MeteredCall {
    std::string_view consumer, service, operation;
    TimePoint at;
    bool fault{false};
    std::uint64_t bytes_in{0}, bytes_out{0};
    std::chrono::microseconds took{0};
};

class Meter {
  public:
    static constexpr std::size_t most_kinds = 20'000;

    // Beyond most_kinds of consumer, service, operation and hour a call of another kind is left out.
    void count(const MeteredCall& call);

    struct Taken {
        std::vector<registry::MeterRow> rows;
        std::uint64_t left_out{0};
    };
    Taken take();  // since the last time

  private:
    struct Key {
        std::string_view consumer, service, operation;
        TimePoint hour;
        bool operator==(const Key&) const = default;
    };
    static Key key_of(const registry::MeterRow& row) {
        return {row.consumer, row.service, row.operation, row.from};
    }
    struct Figures {
        std::uint64_t calls{0}, faults{0}, bytes_in{0}, bytes_out{0}, microseconds{0};
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const Key& key) const;
        std::size_t operator()(const registry::MeterRow& row) const { return (*this)(key_of(row)); }
    };
    struct Equal {
        using is_transparent = void;
        static Key of(const Key& key) { return key; }
        static Key of(const registry::MeterRow& row) { return key_of(row); }
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return of(a) == of(b);
        }
    };

    std::unordered_map<registry::MeterRow, Figures, Hash, Equal> counted_;  // the keys have no figures
    std::uint64_t left_out_{0};
};

}  // namespace hutong::gateway
