#include "registry/lifecycle/service_life.hpp"

#include <algorithm>

#include "registry/publication/steps.hpp"
#include "registry/publication/uddi/views.hpp"
#include "registry/store/contract_rows.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

// What was announced has come; before that, whoever takes the service away must say that he means it.
Result<void> check_orphans(const Service& service, const std::vector<std::string>& consumers,
                           const LifeChange& change) {
    if (consumers.empty() || !is_routed(service.status)) return {};
    if (service.ends && *service.ends <= system_clock().now()) return {};
    if (change.force) return check_reason("--force", change.reason, true);
    const std::string promised =
        service.ends ? "was announced to end at " + format_utc(*service.ends) : "was not announced to end";
    return conflict(service.id() + " " + promised + ", and these consumers hold grants for it: " +
                    first_of(consumers) + "; deprecate it first (hutong service deprecate " + service.id() +
                    " --end DATE --reason TEXT), or take it from them with --force --reason TEXT");
}

Result<void> check_end(const LifeStep& step, const std::optional<TimePoint>& ends) {
    if (step.to != ServiceStatus::deprecated) {
        if (ends) return invalid("only what is deprecated has an end");
        return {};
    }
    if (!ends) return invalid("deprecate needs the day on which the service ends: --end YYYY-MM-DD");
    if (*ends <= system_clock().now())
        return invalid("the end " + format_utc(*ends) + " is not in the future");
    return {};
}

// Who may call it has time to leave: what was announced holds, and nobody has less than the notice.
Result<void> check_notice(const Service& service, const TimePoint& ends,
                          const std::vector<std::string>& consumers, bool force) {
    if (force || consumers.empty()) return {};
    const std::string told = ", and these consumers hold grants for " + service.id() + ": " +
                             first_of(consumers) + "; take the time from them with --force";
    if (service.ends && ends < *service.ends)
        return conflict("the end " + format_utc(ends) + " is earlier than the announced one, " +
                        format_utc(*service.ends) + told);
    if (ends < system_clock().now() + least_notice)
        return conflict("the end " + format_utc(ends) + " is less than " +
                        std::to_string(std::chrono::days(least_notice).count()) + " days away" + told);
    return {};
}

// Four eyes, by what is on record: whoever handed it in last is not who lets it in.
Awaitable<Result<void>> check_four_eyes(pg::Session& session, const Service& service,
                                        const LifeChange& change) {
    if (change.command != "approve" || change.person.empty()) co_return Result<void>();
    HUTONG_QUERY(
        last, session,
        "select coalesce(person, '') from service_history where org = $1 and name = $2 and to_status "
        "= 'submitted' order by id desc limit 1",
        with(service.org, service.name));
    if (last.empty() || last.text(0, 0) != change.person) co_return Result<void>();
    co_return refused("you handed in " + service.id() + " yourself: another person has to approve it");
}

Awaitable<Result<wsdl::Bundle>> bundle_of_version(pg::Session& session, const std::string& service,
                                                  const std::pair<std::string, std::string>& parts,
                                                  unsigned version) {
    HUTONG_QUERY(rows, session,
                 "select contract from service_versions where org = $1 and name = $2 and version = $3",
                 with(parts.first, parts.second, std::to_string(version)));
    if (rows.empty())
        co_return not_found(service + " has no version " + std::to_string(version) +
                            "; see: hutong service show " + service);
    const std::string id(rows.text(0, 0));
    co_return co_await read_contract(session, id);
}

Awaitable<Result<void>> store_status(pg::Session& session, const Service& service,
                                     const std::string& editor) {
    pg::Param deprecated, ends;
    if (service.deprecated) deprecated = format_utc(*service.deprecated);
    if (service.ends) ends = format_utc(*service.ends);
    HUTONG_QUERY(
        stored, session,
        "update services set status = $3, deprecated = $4, ends = $5, editor = $6, changed = now() "
        "where org = $1 and name = $2",
        with(service.org, service.name, std::string(to_string(service.status)), deprecated, ends, editor));
    co_return Result<void>();
}

void take_step(const LifeStep& step, const std::optional<TimePoint>& ends, Service& service) {
    service.status = step.to;
    if (step.to != ServiceStatus::deprecated) {
        service.deprecated.reset();
        service.ends.reset();
        return;
    }
    if (!service.deprecated) service.deprecated = system_clock().now();
    service.ends = ends;
}

}  // namespace

Awaitable<Result<LifeOutcome>> ServiceLife::change(LifeChange change) {
    const auto parts = split(change.service);
    if (parts.has_error()) co_return parts.error();
    LifeOutcome outcome;
    auto work = [&](pg::Session& session) -> Awaitable<Result<void>> {
        outcome = LifeOutcome();
        const auto above = co_await uddi::lock_above(session, parts->first);
        if (above.has_error()) co_return above.error();
        const auto found = co_await locked_service(session, parts->first, parts->second, change.edit);
        if (found.has_error()) co_return found.error();
        outcome.service = *found;
        Service& service = outcome.service;
        const auto before = co_await was_online(session, service.org, service.name);
        if (before.has_error()) co_return before.error();
        const auto step = step_from(service.status, *before, change.command, service.id());
        if (step.has_error()) co_return step.error();
        auto allowed = check_reason(change.command, change.reason, step->needs_reason);
        if (allowed.has_value()) allowed = check_end(*step, change.ends);
        if (allowed.has_error()) co_return allowed.error();
        allowed = co_await check_four_eyes(session, service, change);
        if (allowed.has_error()) co_return allowed.error();
        auto consumers = co_await granted_consumers(session, service.org, service.name);
        if (consumers.has_error()) co_return consumers.error();
        outcome.consumers = std::move(*consumers);
        if (step->to == ServiceStatus::offline) {
            allowed = check_orphans(service, outcome.consumers, change);
            if (allowed.has_error()) co_return allowed.error();
        }
        if (step->to == ServiceStatus::deprecated) {
            allowed = check_notice(service, *change.ends, outcome.consumers, change.force);
            if (allowed.has_error()) co_return allowed.error();
        }
        const bool was_shown = is_routed(service.status);
        take_step(*step, change.ends, service);
        auto stored = co_await store_status(session, service, change.edit.by);
        if (stored.has_value()) {
            ServiceRecord record;
            record.version = service.version;
            record.from = step->from;
            record.to = step->to;
            record.reason = change.reason;
            record.actor = change.actor;
            record.person = change.person;
            stored = co_await record_step(session, service.org, service.name, std::move(record));
        }
        if (stored.has_value() && is_routed(service.status) && !was_shown)
            stored = co_await uddi::store_view(session, service, limits_, blocking_);
        if (stored.has_value() && !is_routed(service.status) && was_shown)
            stored = co_await uddi::remove_view(session, service.org, service.name);
        if (stored.has_error()) co_return stored.error();
        auto made = co_await made_by(session, service.org, service.name, change.edit);
        if (made.has_error()) co_return made.error();
        outcome.revision = std::move(made->revision);
        outcome.replaced = std::move(made->replaced);
        co_return co_await raise_generation(session);
    };
    const auto done = co_await pool_.repeatable_transaction(work);
    if (done.has_error()) co_return done.error();
    co_return outcome;
}

Awaitable<Result<LifeOutcome>> ServiceLife::retire(LifeChange wanted) {
    const auto parts = split(wanted.service);
    if (parts.has_error()) co_return parts.error();
    LifeOutcome outcome;
    const auto looked = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        const auto found = co_await locked_service(session, parts->first, parts->second, wanted.edit);
        if (found.has_error()) co_return found.error();
        outcome.service = *found;
        auto revision = co_await revision_of(session, found->org, found->name);
        if (revision.has_error()) co_return revision.error();
        outcome.revision = std::move(*revision);
        co_return Result<void>();
    });
    if (looked.has_error()) co_return looked.error();
    if (outcome.service.status == ServiceStatus::offline) co_return outcome;
    wanted.command = "offline";
    if (wanted.reason.empty() && !wanted.force) wanted.reason = "retired";
    co_return co_await change(std::move(wanted));
}

Awaitable<Result<VersionDiff>> ServiceLife::diff(DiffRequest request) {
    const auto parts = split(request.service);
    if (parts.has_error()) co_return parts.error();
    HUTONG_QUERY(now, pool_, "select version from services where org = $1 and name = $2",
                 with(parts->first, parts->second));
    if (now.empty()) co_return no_service(request.service);
    const auto present = static_cast<unsigned>(now.integer(0, 0));
    VersionDiff found;
    if (!request.bundle) found.to = request.to.value_or(present);
    found.from = request.from.value_or(request.bundle ? present : std::max(1u, *found.to - 1));
    if (!request.bundle) {  // first, as it is the one that was asked for
        auto after = co_await bundle_of_version(pool_, request.service, *parts, *found.to);
        if (after.has_error()) co_return after.error();
        request.bundle = std::move(*after);
    }
    const auto before = co_await bundle_of_version(pool_, request.service, *parts, found.from);
    if (before.has_error()) co_return before.error();
    const auto work = [&] { return wsdl::changes_between(*before, *request.bundle, limits_); };
    auto changes = co_await run_on(blocking_, work);
    if (changes.has_error()) co_return changes.error();
    found.changes = std::move(*changes);
    auto consumers = co_await granted_consumers(pool_, parts->first, parts->second);
    if (consumers.has_error()) co_return consumers.error();
    found.consumers = std::move(*consumers);
    co_return found;
}

Awaitable<Result<std::vector<UddiDraft>>> ServiceLife::uddi_drafts() {
    HUTONG_QUERY(
        rows, pool_,
        "select key, org, name, wsdl from service_drafts where completed is null order by org, name");
    std::vector<UddiDraft> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        UddiDraft& draft = all.emplace_back();
        draft.key = rows.text(i, 0);
        draft.org = rows.text(i, 1);
        draft.name = rows.text(i, 2);
        draft.wsdl = rows.text(i, 3);
    }
    co_return all;
}

Awaitable<Result<std::vector<ServiceRecord>>> ServiceLife::history(std::string service) {
    const auto parts = split(service);
    if (parts.has_error()) co_return parts.error();
    HUTONG_QUERY(known, pool_, "select 1 from services where org = $1 and name = $2",
                 with(parts->first, parts->second));
    if (known.empty()) co_return no_service(service);
    co_return co_await history_of(pool_, parts->first, parts->second);
}

Awaitable<Result<std::vector<RetirementWarning>>> ServiceLife::warnings(std::string consumer) {
    HUTONG_QUERY(known, pool_, "select 1 from consumers where id = $1", with(consumer));
    if (known.empty())
        co_return not_found("there is no consumer " + consumer + "; see: hutong consumer list");
    HUTONG_QUERY(rows, pool_,
                 "select s.org || '/' || s.name, g.operation, " + as_utc("s.deprecated") + ", " +
                     as_utc("s.ends") +
                     ", (select reason from service_history h where h.org = s.org and h.name = s.name and "
                     "h.to_status = 'deprecated' and h.reason <> '' order by id desc limit 1) from services "
                     "s join grants g using (org, name) "
                     "where g.consumer = $1 and s.status = 'deprecated' order by s.ends, 1, 2",
                 with(consumer));
    std::vector<RetirementWarning> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string operation(rows.text(i, 1));
        if (!all.empty() && all.back().service == rows.text(i, 0)) {
            // "" sorts first and means every operation, whatever else is granted.
            if (!all.back().operations.empty()) all.back().operations.push_back(operation);
            continue;
        }
        RetirementWarning& warning = all.emplace_back();
        warning.service = rows.text(i, 0);
        if (!operation.empty()) warning.operations.push_back(operation);
        warning.deprecated = parse_utc(rows.text(i, 2)).value();
        warning.ends = parse_utc(rows.text(i, 3)).value();
        warning.reason = rows.text(i, 4);
    }
    co_return all;
}

Result<TimePoint> parse_day_or_time(const std::string& what, const std::string& text) {
    const auto time = parse_utc(text.size() == 10 ? text + "T00:00:00Z" : text);
    if (time.has_error())
        return invalid(what + " \"" + text + "\" is neither a day YYYY-MM-DD nor a time such as " +
                       "2027-01-31T16:00:00+08:00");
    return *time;
}

}  // namespace hutong::registry
