// Slows down who guesses passwords: after some wrong ones, further tries are not even compared for a while.
//
// Counted per user and sender, so that a guesser does not lock the honest user out; and per user alone, at a
// much higher number, against guessing from many addresses. Only users that exist are counted, so strangers
// cannot fill the table; a full table refuses. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"

namespace hutong::security {

class GuessLimit {
  public:
    static constexpr unsigned wrong_per_sender = 10;
    static constexpr unsigned wrong_per_user = 1000;
    static constexpr std::chrono::minutes window{5};
    static constexpr std::size_t capacity = 65536;

    bool may_try(const std::string& user, const std::string& sender, TimePoint now);
    void was_wrong(const std::string& user, const std::string& sender, TimePoint now);

  private:
    struct Count {
        unsigned wrong{0};
        TimePoint since;
    };
    void make_room(TimePoint now);
    bool below(const std::string& key, unsigned most, TimePoint now);
    void add(const std::string& key, TimePoint now);

    std::mutex mutex_;
    TimePoint next_cleaning_{TimePoint::min()};
    std::unordered_map<std::string, Count> counts_;
};

}  // namespace hutong::security
