// How often one address may try to sign in: a few times a minute, then not at all for the rest of it.
//
// Beside the lock of an account, which a guesser of many names would never meet. A full table refuses, since
// its being full means that somebody is at it. For one thread.
#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace hutong::api {

class Attempts {
  public:
    static constexpr unsigned most = 20;
    static constexpr std::chrono::minutes window{1};
    static constexpr std::size_t capacity = 10'000;

    explicit Attempts(unsigned allowed = most) : allowed_(allowed) {}  // in a window
    bool may_try(const std::string& address, TimePoint now);

  private:
    struct Count {
        unsigned tries{0};
        TimePoint since;
    };
    const unsigned allowed_;
    std::unordered_map<std::string, Count> counts_;
};

}  // namespace hutong::api
