// Which statements of a connection are prepared, and under what names. Internal to base/pg.
//
// Planning a find of the registry takes PostgreSQL several times as long as running it (docs/performance.md),
// so what comes again on a connection is prepared there. What comes once is not, and of what is prepared only
// the most recently used are kept: callers put statements together from what they are asked for, so there is
// no end of them.
//
// A value, for one connection; it says what to do and does nothing itself. No two connections have names in
// common: behind a pooler that lends one session to several, the name of another's statement would run it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace hutong::pg {

class StatementNames {
  public:
    explicit StatementNames(std::size_t most = 128);

    struct Choice {
        std::string name;        // empty: run the statement as it is
        bool prepare{false};     // under that name, before it is run
        std::string deallocate;  // this name first, if it is not empty
    };
    Choice choose(const std::string& sql);

    void forget(const std::string& sql) { known_.erase(sql); }  // it could not be prepared

  private:
    struct Known {
        std::string name;  // empty: seen once
        std::uint64_t used{0};
    };
    std::string make_room();

    std::size_t most_;
    std::string prefix_;
    std::uint64_t clock_{0};
    std::unordered_map<std::string, Known> known_;
};

}  // namespace hutong::pg
