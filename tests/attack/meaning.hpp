// What an accepted message does, to be compared with what its sender meant; and whether texts are XML to
// others.
//
// Values, and a process of its own; one thread at a time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "tests/attack/paths.hpp"

namespace hutong::attack {

struct Meaning {
    std::string operation;
    std::string body;
    std::string addressing;
    std::optional<TimePoint> created, expires;
    std::string who;  // every name and certificate that the caller is known by
    bool operator==(const Meaning&) const = default;
};
Meaning meaning_of(const Judgement& accepted);

// A variant that no parser takes would be refused for nothing: expat is asked about each.
class WellFormed {
  public:
    WellFormed();
    ~WellFormed();
    WellFormed(const WellFormed&) = delete;
    WellFormed& operator=(const WellFormed&) = delete;
    void add(const std::string& text);
    bool all();  // after the last; says on stderr which is not

  private:
    FILE* checker_;
};

}  // namespace hutong::attack
