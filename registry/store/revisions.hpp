// Whether something is still as somebody saw it, what has changed since, and whose change an edit replaced:
// optimistic locking.
//
// Services and catalogue entries have revisions; each is kept with what it changed and whose it is
// (0027_agency_accounts.sql, 0031_whose_edits.sql; of older ones 0034_edits_below.sql). Within somebody's
// transaction; thread-safe as far as the session is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/pg/pool.hpp"

namespace hutong::registry {

// Whose edit it is, and what it builds on.
struct Edit {
    std::string by{};      // an account, or whom else the same words name the next time
    std::string seen{};    // the revision that he has looked at; empty: he did not say
    bool must_see{false};  // then he has to
};

// What an edit that did not say what it builds on has replaced of somebody else's.
struct Replaced {
    std::string revision{};  // the newest one that set any of it
    std::string by{};        // whose that was
    std::string at{};        // when, UTC
    std::vector<std::string> parts{};
};

// Something that has revisions.
struct Revised {
    std::string name;  // for people
    std::string look;  // the command that shows it
    std::string table;
    std::string where;  // its rows there, by the key
    pg::Params key;
};
Revised revised_service(const std::string& org, const std::string& name);
Revised revised_entry(const std::string& id, const std::string& key);

Awaitable<Result<std::string>> revision_of(pg::Session& session, const std::string& org,
                                           const std::string& name);  // "": there is no such service

// `now`: the present revision; empty: there is nothing yet. To be called under the thing's lock. Errors:
// conflict, naming what has changed since and by whom (is_stale), or that he has to say what he has seen
// (is_unseen); invalid: no revision.
Awaitable<Result<void>> check_seen(pg::Session& session, Revised what, std::string now, Edit edit);
bool is_stale(const Error& error);
bool is_unseen(const Error& error);

// After the edit, which made `revision`: what of its parts somebody else had set last. A state of a service
// is no such part: a step names the state that it leaves. Nothing, when he said what he had seen.
Awaitable<Result<std::optional<Replaced>>> replaced_by(pg::Session& session, Revised what,
                                                       std::string revision, Edit edit);

}  // namespace hutong::registry
