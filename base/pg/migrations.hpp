// Numbered SQL migrations (conf/migrations/0001_name.sql …), applied in order under an advisory lock.
//
// Each file runs in one transaction and is recorded with its SHA-256; a changed or newer schema is refused.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace hutong::pg {

struct Migration {
    unsigned number;
    std::string name;
    std::string sql;
};

// The migrations compiled into this program from conf/migrations, in order.
const std::vector<Migration>& builtin_migrations();

// Blocking; for start-up and tests. Returns how many were applied. Errors: unavailable (no server), refused
// (the database is newer than this program, or a migration that ran is not the one we know).
Result<unsigned> migrate(const std::string& url,
                         const std::vector<Migration>& migrations = builtin_migrations());

}  // namespace hutong::pg
