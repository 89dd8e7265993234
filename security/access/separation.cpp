#include "security/access/separation.hpp"

#include "base/pg/sql.hpp"

namespace hutong::security {

namespace {

using pg::as_utc;
using pg::with;
using Done = Awaitable<Result<void>>;

Error conflict(std::string detail) {
    return {ErrorCode::conflict, std::move(detail)};
}

Done tell(pg::Session& session, std::string text) {
    HUTONG_QUERY(told, session,
                 "insert into officer_notices (officer, text) select name, $1 from officers "
                 "where role in ('system', 'security', 'auditor')",
                 with(text));
    co_return Result<void>();
}

const std::string select_recovery = "select officer, " + as_utc("asked") + ", " + as_utc("effective") +
                                    ", effective <= now() from officer_recoveries where state = 'waiting'";

std::optional<Recovery> recovery_of(const pg::Rows& rows) {
    if (rows.empty()) return std::nullopt;
    return Recovery{std::string(rows.text(0, 0)), parse_utc(rows.text(0, 1)).value(),
                    parse_utc(rows.text(0, 2)).value(), rows.boolean(0, 3)};
}

}  // namespace

Awaitable<Result<std::optional<TimePoint>>> Separation::since() {
    HUTONG_QUERY(rows, pool_, "select " + as_utc("separated") + " from platform");
    const auto text = rows.value(0, 0);
    if (!text) co_return std::optional<TimePoint>();
    const auto time = parse_utc(*text);
    if (!time) co_return time.error();
    co_return std::optional(*time);
}

Done Separation::begin(std::chrono::seconds recovery_delay, Look ready) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Done {
        HUTONG_QUERY(locked, session, "lock table officers in share row exclusive mode");
        const auto looked = co_await ready(session);
        if (looked.has_error()) co_return looked.error();
        HUTONG_QUERY(
            done, session,
            "update platform set separated = now(), recovery_delay = make_interval(secs => $1::float8) "
            "where separated is null returning 1",
            with(std::to_string(recovery_delay.count())));
        if (done.empty()) co_return conflict("the officers are separated already");
        co_return co_await tell(session, "the officers are separated");
    });
}

Awaitable<Result<std::optional<Recovery>>> Separation::recovery() {
    HUTONG_QUERY(rows, pool_, select_recovery);
    co_return recovery_of(rows);
}

Awaitable<Result<Recovery>> Separation::begin_recovery(std::string officer) {
    std::optional<Recovery> begun;
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Done {
        HUTONG_QUERY(known, session,
                     "select 1 from officers where name = $1 and role in ('system', 'security', "
                     "'auditor')",
                     with(officer));
        if (known.empty())
            co_return not_found("there is no officer " + officer + "; see: hutong officers list");
        HUTONG_QUERY(waiting, session, select_recovery);
        if (const auto other = recovery_of(waiting))
            co_return conflict("a recovery of " + other->officer +
                               " is under way: finish it, or let an officer "
                               "stop it with hutong officers recovery stop");
        HUTONG_QUERY(entered, session,
                     "insert into officer_recoveries (officer, effective) select $1, now() + recovery_delay "
                     "from platform where separated is not null returning 1",
                     with(officer));
        if (entered.empty())
            co_return conflict("the officers are not separated: the owner can give a new password as it is");
        HUTONG_QUERY(rows, session, select_recovery);
        begun = recovery_of(rows);
        co_return co_await tell(session, "the machine's owner asked for a recovery of officer " + officer +
                                             ": it takes effect at " + format_utc(begun->effective) +
                                             " unless an officer stops it (hutong officers recovery stop)");
    });
    if (done.has_error()) co_return done.error();
    co_return *begun;
}

Done Separation::stop_recovery(std::string by) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Done {
        HUTONG_QUERY(stopped, session,
                     "update officer_recoveries set state = 'stopped', ended = now(), stopped_by = $1 where "
                     "state = 'waiting' returning officer",
                     with(by));
        if (stopped.empty()) co_return not_found("no recovery is under way");
        co_return co_await tell(session, by + " stopped the recovery of officer " +
                                             std::string(stopped.text(0, 0)) +
                                             " that the machine's owner had asked for");
    });
}

Awaitable<Result<std::string>> Separation::finish_recovery(std::string password) {
    std::string officer;
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Done {
        HUTONG_QUERY(waiting, session, select_recovery + " for update");
        const auto due = recovery_of(waiting);
        if (!due)
            co_return not_found("no recovery is under way: begin one with hutong officers recover NAME");
        if (!due->due)
            co_return refused("the recovery of " + due->officer + " takes effect at " +
                              format_utc(due->effective) + ", not before");
        officer = due->officer;
        HUTONG_QUERY(ended, session,
                     "update officer_recoveries set state = 'done', ended = now() where state = 'waiting'");
        HUTONG_QUERY(reset, session,
                     "update officers set password = $2, temporary = true, totp = null, totp_pending = null, "
                     "certificate = null, not_before = null, not_after = null, failures = 0, locked_until = "
                     "null, disabled = false where name = $1",
                     with(officer, password));
        HUTONG_QUERY(sessions, session, "delete from officer_sessions where officer = $1", with(officer));
        co_return co_await tell(session, "the machine's owner recovered officer " + officer +
                                             ": a temporary password was handed out");
    });
    if (done.has_error()) co_return done.error();
    co_return officer;
}

Done Separation::tell_everybody(std::string text) {
    co_return co_await tell(pool_, std::move(text));
}

Awaitable<Result<std::vector<std::string>>> Separation::notices_for(std::string officer) {
    HUTONG_QUERY(
        rows, pool_,
        "with shown as (update officer_notices set shown = now() where officer = $1 and shown is null "
        "returning id, made, text) select " +
            as_utc("made") + " || ' ' || text from shown order by id",
        with(officer));
    std::vector<std::string> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.emplace_back(rows.text(i, 0));
    co_return all;
}

Awaitable<Result<std::set<std::string>>> Separation::two_person_commands() {
    HUTONG_QUERY(rows, pool_, "select command from two_person_commands");
    std::set<std::string> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all.emplace(rows.text(i, 0));
    co_return all;
}

Done Separation::set_two_persons(std::vector<std::string> commands, bool needed) {
    const std::string sql =
        needed ? "insert into two_person_commands (command) values ($1) on conflict do nothing"
               : "delete from two_person_commands where command = $1";
    co_return co_await pool_.transaction([&](pg::Session& session) -> Done {
        for (const std::string& command : commands) {
            HUTONG_QUERY(done, session, sql, with(command));
        }
        co_return Result<void>();
    });
}

}  // namespace hutong::security
