#include "registry/publication/grant_requests.hpp"

#include <algorithm>
#include <array>

#include "base/ids.hpp"
#include "registry/model/service_life.hpp"
#include "registry/publication/grant_steps.hpp"
#include "registry/publication/steps.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

constexpr std::array<std::string_view, 4> states{"waiting", "accepted", "refused", "withdrawn"};

std::string select_requests(const std::string& condition) {
    return "select r.id, r.consumer, r.org || '/' || r.name, r.operation, c.org, r.reason, r.asked_by, " +
           as_utc("r.asked") + ", r.state, r.decision, r.decided_by, " + as_utc("r.decided") +
           " from grant_requests r join consumers c on c.id = r.consumer " + condition;
}

std::vector<GrantRequest> requests_of(const pg::Rows& rows) {
    std::vector<GrantRequest> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(i, column)); };
        GrantRequest& one = all.emplace_back();
        one.id = text(0);
        one.grant = {text(1), text(2), text(3)};
        one.consumer_org = text(4);
        one.reason = text(5);
        one.asked_by = text(6);
        one.asked = parse_utc(text(7)).value();
        one.state = text(8);
        one.decision = text(9);
        one.decided_by = text(10);
        if (const auto decided = rows.value(i, 11)) one.decided = parse_utc(*decided).value();
    }
    return all;
}

Error no_request(const std::string& id) {
    return not_found("there is no grant request " + id + "; see: hutong grant list");
}

}  // namespace

Awaitable<Result<GrantRequest>> GrantRequests::ask(Grant grant, std::string reason, By by) {
    const auto parts = split(grant.service);
    if (parts.has_error()) co_return parts.error();
    const auto said = check_reason("a request", reason, true);
    if (said.has_error()) co_return said.error();
    GrantRequest request;
    const std::string id = new_incident_id();
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        const auto checked = co_await check_grant(session, grant, limits_);
        if (checked.has_error()) co_return checked.error();
        HUTONG_QUERY(granted, session,
                     "select 1 from grants where consumer = $1 and org = $2 and name = $3 and "
                     "operation in ('', $4)",
                     with(grant.consumer, parts->first, parts->second, grant.operation));
        if (!granted.empty())
            co_return conflict(grant.consumer + " may call that of " + grant.service + " already");
        HUTONG_QUERY(
            added, session,
            "insert into grant_requests (id, consumer, org, name, operation, reason, asked_by, person) "
            "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (consumer, org, name, operation) "
            "where state = 'waiting' do nothing returning id",
            with(id, grant.consumer, parts->first, parts->second, grant.operation, reason, by.actor,
                 or_null(by.person)));
        if (added.empty())
            co_return conflict("a request of " + grant.consumer + " for that of " + grant.service +
                               " waits already; see: hutong grant list");
        HUTONG_QUERY(rows, session, select_requests("where r.id = $1"), with(id));
        request = requests_of(rows).front();
        co_return Result<void>();
    });
    if (done.has_error()) co_return done.error();
    co_return request;
}

Awaitable<Result<std::vector<GrantRequest>>> GrantRequests::list(GrantRequestFilter filter) {
    if (!filter.state.empty() && std::ranges::find(states, filter.state) == states.end())
        co_return invalid("state \"" + filter.state + "\" is none of waiting, accepted, refused, withdrawn");
    HUTONG_QUERY(rows, pool_,
                 select_requests("where ($1::text is null or r.consumer = $1) and ($2::text is null or "
                                 "r.org || '/' || r.name = $2) and ($3::text is null or r.state = $3) "
                                 "order by r.asked desc, r.id desc limit 1000"),
                 with(or_null(filter.consumer), or_null(filter.service), or_null(filter.state)));
    co_return requests_of(rows);
}

// Of two who decide at once the second finds it decided.
Awaitable<Result<GrantRequest>> GrantRequests::decide(std::string id, std::string state, std::string reason,
                                                      By by) {
    const auto said = check_reason("a decision", reason, true);
    if (said.has_error()) co_return said.error();
    GrantRequest request;
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(found, session, select_requests("where r.id = $1 for update of r"), with(id));
        if (found.empty()) co_return no_request(id);
        request = requests_of(found).front();
        if (request.state != "waiting")
            co_return conflict("grant request " + id + " was " + request.state + " by " + request.decided_by +
                               " already");
        if (state == "accepted") {
            HUTONG_QUERY(asked, session, "select coalesce(person, '') from grant_requests where id = $1",
                         with(id));
            if (!by.person.empty() && asked.text(0, 0) == by.person)
                co_return refused("you asked for " + id + " yourself: another person has to accept it");
            const auto given = co_await give_grant(session, request.grant, limits_);
            if (given.has_error()) co_return given.error();
        }
        HUTONG_QUERY(decided, session,
                     "update grant_requests set state = $2, decision = $3, decided_by = $4, decided = now() "
                     "where id = $1",
                     with(id, state, reason, by.actor));
        HUTONG_QUERY(rows, session, select_requests("where r.id = $1"), with(id));
        request = requests_of(rows).front();
        co_return Result<void>();
    });
    if (done.has_error()) co_return done.error();
    co_return request;
}

Awaitable<Result<GrantRequest>> GrantRequests::accept(std::string id, std::string reason, By by) {
    return decide(std::move(id), "accepted", std::move(reason), std::move(by));
}

Awaitable<Result<GrantRequest>> GrantRequests::refuse(std::string id, std::string reason, By by) {
    return decide(std::move(id), "refused", std::move(reason), std::move(by));
}

Awaitable<Result<GrantRequest>> GrantRequests::withdraw(std::string id, std::string reason, By by) {
    return decide(std::move(id), "withdrawn", std::move(reason), std::move(by));
}

}  // namespace hutong::registry
