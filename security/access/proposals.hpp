// What a first officer wants done and a second one has to approve: kept word for word, for a while.
//
// The database refuses any change of what was proposed, and an approval by the proposer. Thread-safe as far
// as the pool is.
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "base/pg/pool.hpp"

namespace hutong::security {

struct Proposal {
    std::string id;
    std::string command;
    std::string arguments;  // JSON
    std::string digest;     // SHA-256 of command, line feed, arguments
    std::string proposer;
    TimePoint made, expires;
    std::string state;  // waiting, expired, approved, refused, withdrawn
    std::string decided_by, outcome;
    std::string org{};  // the organisation that it touches; empty: none, or no single one
};

class Proposals {
  public:
    explicit Proposals(pg::Pool& pool) : pool_(pool) {}

    static std::string new_id();
    Awaitable<Result<Proposal>> make(std::string id, std::string command, std::string arguments,
                                     std::string proposer, std::chrono::seconds life, std::string org = {});
    // Newest first, at most 200; of one organisation, or all.
    Awaitable<Result<std::vector<Proposal>>> list(std::string org = {});
    Awaitable<Result<Proposal>> find(std::string id);  // not_found; corrupt: the digest does not fit
    // Takes a waiting, unexpired proposal once; of two who decide at once the second gets conflict.
    Awaitable<Result<void>> decide(std::string id, std::string state, std::string by);
    Awaitable<Result<void>> say_outcome(std::string id, std::string outcome);

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::security
