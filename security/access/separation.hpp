// The separation of officers and what belongs to it: when it began, the owner's recovery, what officers have
// to be told, which commands need two persons.
//
// In PostgreSQL, for all nodes. Thread-safe as far as the pool is.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/config/config.hpp"
#include "base/pg/pool.hpp"

namespace hutong::security {

struct Recovery {
    std::string officer;
    TimePoint asked, effective;
    bool due{false};
};

class Separation {
  public:
    explicit Separation(pg::Pool& pool) : pool_(pool) {}

    Awaitable<Result<std::optional<TimePoint>>> since();
    // No way back: the database itself refuses to forget it. Every officer is told. `ready` looks at the
    // accounts in the same transaction, and none changes before its end. Errors: conflict, when they are
    // separated; of `ready`.
    using Look = std::function<Awaitable<Result<void>>(pg::Session&)>;
    Awaitable<Result<void>> begin(std::chrono::seconds recovery_delay, Look ready);

    // The recovery under way, if any.
    Awaitable<Result<std::optional<Recovery>>> recovery();
    // Every officer is told at the next sign-in. Errors: conflict (one is under way), not_found.
    Awaitable<Result<Recovery>> begin_recovery(std::string officer);
    Awaitable<Result<void>> stop_recovery(std::string by);  // not_found: none
    // Once it is due: the officer whose account is reset with this temporary password's hash.
    Awaitable<Result<std::string>> finish_recovery(std::string password);

    Awaitable<Result<void>> tell_everybody(std::string text);
    Awaitable<Result<std::vector<std::string>>> notices_for(std::string officer);  // each is given once

    Awaitable<Result<std::set<std::string>>> two_person_commands();
    Awaitable<Result<void>> set_two_persons(std::vector<std::string> commands, bool needed);

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::security
