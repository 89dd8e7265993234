// The history of certificates: who did what and when, in a table that only ever grows.
//
// An entry is written within the transaction that does the thing, so that neither is without the other.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/pg/pool.hpp"

namespace hutong::security {

struct HistoryEntry {
    TimePoint at;
    std::string actor;
    std::string action;
    std::string subject;  // "certificate SERIAL", "request ID", "ca NAME", "trusted ca THUMBPRINT"
    std::string detail;
};

// `actor`: who gave the command, as the daemon knows them; "hutong" for what the platform does by itself.
Awaitable<Result<void>> remember(pg::Session& session, std::string actor, std::string action,
                                 std::string subject, std::string detail);

// The newest first, at most a thousand. `about`: a serial number, a request's id, a CA's name or thumbprint;
// empty: everything.
Awaitable<Result<std::vector<HistoryEntry>>> history(pg::Pool& pool, std::string about);

}  // namespace hutong::security
