// The signed heads in PostgreSQL: one of the places that keep them.
//
// Rows are added and never changed (conf/migrations/0008). Thread-safe as far as the session is.
#pragma once

#include <vector>

#include "base/pg/pool.hpp"
#include "security/evidence/signed_head.hpp"

namespace hutong::security::evidence {

Awaitable<Result<void>> keep_head(pg::Session& session, const SignedHead& head);
// Of one node: the newest of each segment, and the newest ones at all. Signatures are not checked here.
Awaitable<Result<std::vector<SignedHead>>> kept_heads(pg::Session& session, std::string node);

}  // namespace hutong::security::evidence
