#include "security/access/proposals.hpp"

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/pg/sql.hpp"

namespace hutong::security {

namespace {

using pg::as_utc;
using pg::with;

std::string digest_of(const std::string& command, const std::string& arguments) {
    return to_hex(sha256(command + "\n" + arguments));
}

std::string select_proposals(const std::string& rest) {
    return "select id, command, arguments, digest, proposer, " + as_utc("made") + ", " + as_utc("expires") +
           ", case when state = 'waiting' and expires <= now() then 'expired' else state end, decided_by, "
           "outcome, org "
           "from proposals " +
           rest;
}

Proposal proposal_of(const pg::Rows& rows, std::size_t i) {
    return {
        std::string(rows.text(i, 0)),       std::string(rows.text(i, 1)), std::string(rows.text(i, 2)),
        std::string(rows.text(i, 3)),       std::string(rows.text(i, 4)), parse_utc(rows.text(i, 5)).value(),
        parse_utc(rows.text(i, 6)).value(), std::string(rows.text(i, 7)), std::string(rows.text(i, 8)),
        std::string(rows.text(i, 9)),       std::string(rows.text(i, 10))};
}

}  // namespace

std::string Proposals::new_id() {
    return new_incident_id();
}

Awaitable<Result<Proposal>> Proposals::make(std::string id, std::string command, std::string arguments,
                                            std::string proposer, std::chrono::seconds life,
                                            std::string org) {
    const pg::Param of = org.empty() ? pg::Param() : pg::Param(org);
    HUTONG_QUERY(
        made, pool_,
        "insert into proposals (id, command, arguments, digest, proposer, expires, org) values ($1, $2, $3, "
        "$4, $5, now() + make_interval(secs => $6::float8), $7)",
        with(id, command, arguments, digest_of(command, arguments), proposer, std::to_string(life.count()),
             of));
    co_return co_await find(id);
}

Awaitable<Result<std::vector<Proposal>>> Proposals::list(std::string org) {
    const pg::Param of = org.empty() ? pg::Param() : pg::Param(org);
    HUTONG_QUERY(rows, pool_,
                 select_proposals("where $1::text is null or org = $1 order by made desc limit 200"),
                 with(of));
    std::vector<Proposal> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(proposal_of(rows, i));
    co_return all;
}

Awaitable<Result<Proposal>> Proposals::find(std::string id) {
    HUTONG_QUERY(rows, pool_, select_proposals("where id = $1"), with(id));
    if (rows.empty()) co_return not_found("there is no proposal " + id + "; see: hutong proposals list");
    Proposal found = proposal_of(rows, 0);
    if (found.digest != digest_of(found.command, found.arguments))
        co_return Error{ErrorCode::corrupt, "proposal " + id + " is not what was proposed"};
    co_return found;
}

Awaitable<Result<void>> Proposals::decide(std::string id, std::string state, std::string by) {
    HUTONG_QUERY(
        decided, pool_,
        "update proposals set state = $2, decided_by = $3, decided = now() where id = $1 and state = "
        "'waiting' and expires > now() returning id",
        with(id, state, by));
    if (!decided.empty()) co_return Result<void>();
    const auto proposal = co_await find(id);
    if (proposal.has_error()) co_return proposal.error();
    co_return Error{ErrorCode::conflict, "proposal " + id + " is " + proposal->state + " already"};
}

Awaitable<Result<void>> Proposals::say_outcome(std::string id, std::string outcome) {
    HUTONG_QUERY(said, pool_, "update proposals set outcome = $2 where id = $1", with(id, outcome));
    co_return Result<void>();
}

}  // namespace hutong::security
