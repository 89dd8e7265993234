// Whether a service is still as somebody saw it, and what has changed since: optimistic locking.
//
// The database counts a revision with every change of a service's row and keeps what was changed
// (0027_agency_accounts.sql). Within somebody's transaction; thread-safe as far as the session is.
#pragma once

#include <string>

#include "base/pg/pool.hpp"

namespace hutong::registry {

Awaitable<Result<std::string>> revision_of(pg::Session& session, const std::string& org,
                                           const std::string& name);  // "": there is no such service

// `seen`: the revision that whoever changes it has looked at; empty: he did not say. To be called under the
// service's lock. Errors: conflict, naming what has changed since (is_stale); invalid: no revision.
Awaitable<Result<void>> check_seen(pg::Session& session, const std::string& org, const std::string& name,
                                   const std::string& seen);
bool is_stale(const Error& error);

}  // namespace hutong::registry
