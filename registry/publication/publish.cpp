// Publication::publish: the contract is read and judged first, then everything changes in one transaction.
#include "base/ids.hpp"
#include "registry/model/policy_document.hpp"
#include "registry/model/service_life.hpp"
#include "registry/publication/contract_choice.hpp"
#include "registry/publication/policy_proposal.hpp"
#include "registry/publication/publication.hpp"
#include "registry/publication/steps.hpp"
#include "registry/publication/uddi/views.hpp"
#include "registry/store/contract_rows.hpp"
#include "registry/store/service_history.hpp"
#include "registry/store/service_rows.hpp"
#include "registry/store/sql.hpp"
#include "wsdl/reader.hpp"

namespace hutong::registry {

namespace {

constexpr unsigned most_tries = 10;

// The first error names the place; the number says whether mending it will be enough.
Result<void> check_findings(const std::vector<wsdl::Finding>& findings) {
    const wsdl::Finding* first = nullptr;
    unsigned errors = 0;
    for (const wsdl::Finding& finding : findings) {
        if (finding.severity != wsdl::Severity::error) continue;
        if (++errors == 1) first = &finding;
    }
    if (!first) return {};
    return invalid("the contract is not usable: " + first->place.text() + ": " + first->text + " (" +
                   first->rule + ")" + (errors > 1 ? ", and " + std::to_string(errors - 1) + " more" : ""));
}

Service service_of(const PublishRequest& request, std::string contract, std::string wsdl_service,
                   std::vector<std::string> endpoints) {
    Service service;
    service.org = request.org;
    service.name = request.name;
    service.contract = std::move(contract);
    service.wsdl_service = std::move(wsdl_service);
    service.endpoints = std::move(endpoints);
    service.journal = request.journal;
    service.validate = request.validate.value_or(true);
    return service;
}

// Who publishes again may be another officer than the one whose these are.
void keep_settings(const PublishRequest& request, const Service& present, Service& service) {
    if (!request.journal) service.journal = present.journal;
    if (!request.validate) service.validate = present.validate;
    service.deprecated = present.deprecated;
    service.ends = present.ends;
}

bool same_settings(const Service& a, const Service& b) {
    return a.wsdl_service == b.wsdl_service && a.endpoints == b.endpoints && a.status == b.status &&
           a.journal == b.journal && a.validate == b.validate && policy_document(a) == policy_document(b);
}

Awaitable<Result<void>> store_contract(pg::Session& session, const std::string& id,
                                       const wsdl::Bundle& bundle) {
    HUTONG_QUERY(added, session,
                 "insert into contracts (id, main) values ($1, $2) on conflict do nothing returning id",
                 with(id, bundle.main));
    if (added.empty()) co_return Result<void>();  // the same address has the same content
    for (const auto& [path, content] : bundle.files) {
        HUTONG_QUERY(file, session,
                     "insert into contract_files (contract, path, content) values ($1, $2, $3)",
                     with(id, path, pg::bytea(as_bytes(content))));
    }
    co_return Result<void>();
}

bool is_same(const pg::Rows& rows, const std::vector<std::string>& urls) {
    if (rows.size() != urls.size()) return false;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows.text(i, 0) != urls[i]) return false;
    return true;
}

Awaitable<Result<void>> store_service(pg::Session& session, const Service& service,
                                      const std::string& editor) {
    // The row is checked before it is seen that there is one already.
    pg::Param deprecated, ends;
    if (service.deprecated) deprecated = format_utc(*service.deprecated);
    if (service.ends) ends = format_utc(*service.ends);
    const auto journal = service.journal ? pg::Param(std::string(to_string(*service.journal))) : pg::Param();
    HUTONG_QUERY(version, session,
                 "insert into service_versions (org, name, version, contract) values ($1, $2, $3, $4) "
                 "on conflict (org, name, version) do nothing",
                 with(service.org, service.name, std::to_string(service.version), service.contract));
    HUTONG_QUERY(
        stored, session,
        "insert into services (org, name, version, wsdl_service, policy, journal, forward, validate, "
        "security, status, deprecated, ends, editor) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$12, $13) on conflict (org, name) do "
        "update set "
        "version = excluded.version, wsdl_service = excluded.wsdl_service, policy = excluded.policy, "
        "status = excluded.status, journal = excluded.journal, forward = excluded.forward, "
        "validate = excluded.validate, security = excluded.security, editor = excluded.editor, changed = "
        "now()",
        with(service.org, service.name, std::to_string(service.version), service.wsdl_service,
             std::string(to_string(service.policy)), journal, std::string(to_string(service.forward)),
             std::string(service.validate ? "true" : "false"), stored_policy(service),
             std::string(to_string(service.status)), deprecated, ends, editor));
    HUTONG_QUERY(old, session,
                 "with old as (delete from endpoints where org = $1 and name = $2 returning position, url) "
                 "select url from old order by position",
                 with(service.org, service.name));
    for (std::size_t i = 0; i < service.endpoints.size(); ++i) {
        HUTONG_QUERY(endpoint, session,
                     "insert into endpoints (org, name, position, url) values ($1, $2, $3, $4)",
                     with(service.org, service.name, std::to_string(i), service.endpoints[i]));
    }
    if (old.empty() || is_same(old, service.endpoints)) co_return Result<void>();
    // The revision was counted before they were replaced.
    HUTONG_QUERY(
        noted, session,
        "update service_revisions r set what = r.what || '{endpoints}' from services s where s.org = "
        "$1 and s.name = $2 and r.org = s.org and r.name = s.name and r.revision = s.revision and "
        "not 'endpoints' = any(r.what)",
        with(service.org, service.name));
    co_return Result<void>();
}

// A draft becomes what it is for; what calls get through to stays as it is, also when it is going to end.
Result<ServiceStatus> status_after(const PublishRequest& request, const std::optional<Service>& present) {
    const bool routed = present && is_routed(present->status);
    if (!request.draft) return routed ? present->status : ServiceStatus::online;
    if (routed)
        return conflict(present->id() + " is " + std::string(to_string(present->status)) +
                        " and cannot be a draft too: publish the new version without --draft");
    return ServiceStatus::draft;
}

// Every state on the way, since a shortcut takes them all; or that there is another version.
Awaitable<Result<void>> record_publication(pg::Session& session, const PublishRequest& request,
                                           const std::optional<Service>& before, const Service& service) {
    HUTONG_QUERY(
        completed, session,
        "update service_drafts set completed = now() where org = $1 and name = $2 and completed is null "
        "returning key",
        with(service.org, service.name));
    std::vector<ServiceStatus> way;
    if (!before && !completed.empty()) {
        ServiceRecord record;
        record.version = service.version;
        record.reason = "saved through UDDI as " + std::string(completed.text(0, 0));
        record.actor = "a publisher of " + service.org;
        const auto added = co_await record_step(session, service.org, service.name, std::move(record));
        if (added.has_error()) co_return added.error();
    } else if (!before) {
        way.push_back(ServiceStatus::draft);
    }
    if (!request.draft) {
        const auto back = co_await was_online(session, service.org, service.name);
        if (back.has_error()) co_return back.error();
        for (const ServiceStatus next : way_online(before ? before->status : ServiceStatus::draft, *back))
            way.push_back(next);
    }
    if (before && way.empty() && (before->status != service.status || before->version != service.version))
        way.push_back(service.status);
    std::optional<ServiceStatus> from;
    if (before)
        from = before->status;
    else if (!completed.empty())
        from = ServiceStatus::draft;
    for (const ServiceStatus to : way) {
        ServiceRecord record;
        record.version = service.version;
        record.from = from;
        record.to = to;
        record.reason = request.reason;
        record.actor = request.actor;
        record.person = request.person;
        const auto added = co_await record_step(session, service.org, service.name, std::move(record));
        if (added.has_error()) co_return added.error();
        from = to;
    }
    co_return Result<void>();
}

Awaitable<Result<std::optional<Service>>> present_service(pg::Session& session, const Service& asked) {
    HUTONG_QUERY(rows, session, select_services("where s.org = $1 and s.name = $2"),
                 with(asked.org, asked.name));
    if (rows.empty()) co_return std::optional<Service>();
    co_return std::optional<Service>(services_of(rows).front());
}

// What was asked for, else what there is, else what the contract proposes.
Result<void> settle_policy(const PublishRequest& request, const ContractPolicy& contract,
                           const std::optional<Service>& present,
                           std::span<const security::KeyKind> signs_with, Service& service,
                           Findings& findings) {
    if (request.policy) {
        service.policy = *request.policy;
        service.security = preset_policy(*request.policy);
    } else if (present) {
        service.policy = present->policy;
        service.forward = present->forward;
        service.security = present->security;
    } else if (request.policy_document.empty()) {
        service.security = proposed_policy(contract, signs_with, findings);
        if (request.forward) service.forward = *request.forward;
        return {};
    }
    if (!request.policy_document.empty())
        HUTONG_TRY(apply_policy(request.policy_document, request.policy_name, service));
    HUTONG_TRY(check_policy(service.policy, service.security));
    HUTONG_TRY(check_answer_key(present ? present->security : ServicePolicy(), service.security, signs_with));
    if (request.forward) service.forward = *request.forward;
    tell_shortfalls(contract, service.security, findings);
    return {};
}

// Sets the version of `service`; false when just this is online already.
Awaitable<Result<bool>> compare_with(pg::Session& session, const Service& now, Service& service) {
    service.version = now.version;
    if (now.contract == service.contract) co_return !same_settings(now, service);
    HUTONG_QUERY(newest, session, "select max(version) from service_versions where org = $1 and name = $2",
                 with(service.org, service.name));
    service.version = static_cast<unsigned>(newest.integer(0, 0)) + 1;
    co_return true;
}

// The first break stands for the rest, which `service diff` lists.
Error breaking(const Service& service, const std::vector<wsdl::Change>& changes,
               const std::vector<std::string>& consumers) {
    const wsdl::Change* first = nullptr;
    unsigned breaks = 0;
    for (const wsdl::Change& change : changes)
        if (change.breaks != wsdl::Breaks::nothing && ++breaks == 1) first = &change;
    return conflict("this version would break what consumers of " + service.id() + " do (" +
                    first_of(consumers) + "): " + first->where + ": " + first->what +
                    (breaks > 1 ? ", and " + std::to_string(breaks - 1) + " more" : "") +
                    "; see: hutong service diff " + service.id() +
                    " --file FILE.wsdl; publish it all the same with --accept-breaking");
}

// Consumers that stumble over the changes are asked for under the lock, since grants come and go.
Awaitable<Result<void>> check_breaks(pg::Session& session, const PublishRequest& request,
                                     const Service& present, const std::vector<wsdl::Change>& changes) {
    if (request.accept_breaking || !wsdl::breaks_any(changes)) co_return Result<void>();
    const auto consumers = co_await granted_consumers(session, present.org, present.name);
    if (consumers.has_error()) co_return consumers.error();
    if (consumers->empty()) co_return Result<void>();
    co_return breaking(present, changes, *consumers);
}

// What a publication brings to each of its attempts.
struct Attempt {
    pg::Pool& pool;
    const PublishRequest& request;
    const wsdl::Description& description;
    const Service& service;
    const Findings& findings;
    const ContractPolicy& policy;
    const std::vector<security::KeyKind>& signs_with;
    const std::string& compared_with;  // the contract that it changes against
    const std::vector<wsdl::Change>& changes;
};

// One transaction; stale: what it was compared with is not the present version any more.
Awaitable<Result<PublishOutcome>> attempt(const Attempt& once, bool& stale) {
    const PublishRequest& request = once.request;
    Service service;
    PublishOutcome outcome;
    auto work = [&](pg::Session& session) -> Awaitable<Result<void>> {
        service = once.service;
        outcome = PublishOutcome();
        outcome.findings = once.findings;
        stale = false;
        // Held until commit: an organisation's services are published one after the other, the first version
        // too.
        HUTONG_QUERY(org, session, "select 1 from organisations where id = $1 for no key update",
                     with(request.org));
        if (org.empty())
            co_return not_found("there is no organisation " + request.org + "; add it with: hutong org add " +
                                request.org + " --name NAME");
        const auto above = co_await uddi::lock_above(session, request.org);
        if (above.has_error()) co_return above.error();
        // And nothing else happens to the service meanwhile.
        HUTONG_QUERY(locked, session, "select 1 from services where org = $1 and name = $2 for update",
                     with(request.org, request.name));
        auto now = co_await revision_of(session, request.org, request.name);
        if (now.has_error()) co_return now.error();
        outcome.revision = *now;
        const auto unchanged = co_await check_seen(session, revised_service(request.org, request.name),
                                                   std::move(*now), request.edit);
        if (unchanged.has_error()) co_return unchanged.error();
        const auto present = co_await present_service(session, service);
        if (present.has_error()) co_return present.error();
        const auto status = status_after(request, *present);
        if (status.has_error()) co_return status.error();
        service.status = *status;
        const auto settled =
            settle_policy(request, once.policy, *present, once.signs_with, service, outcome.findings);
        if (settled.has_error()) co_return settled.error();
        if (*present) {
            keep_settings(request, **present, service);
            const auto differs = co_await compare_with(session, **present, service);
            if (differs.has_error()) co_return differs.error();
            outcome.changed = *differs;
            if ((*present)->contract != service.contract) {
                stale = (*present)->contract != once.compared_with;
                if (stale)
                    co_return conflict((*present)->id() +
                                       " was published by somebody else meanwhile: look at its new version, "
                                       "then publish again");
                const auto kept = co_await check_breaks(session, request, **present, once.changes);
                if (kept.has_error()) co_return kept.error();
                outcome.changes = once.changes;
            }
        }
        outcome.version = service.version;
        if (!outcome.changed) co_return Result<void>();
        auto stored = co_await store_contract(session, service.contract, request.bundle);
        if (stored.has_value()) stored = co_await store_service(session, service, request.edit.by);
        if (stored.has_value()) stored = co_await record_publication(session, request, *present, service);
        if (stored.has_value() && is_routed(service.status))
            stored = co_await uddi::store_view(session, service, once.description, request.bundle);
        if (stored.has_error()) co_return stored.error();
        auto made = co_await made_by(session, service.org, service.name, request.edit);
        if (made.has_error()) co_return made.error();
        outcome.revision = std::move(made->revision);
        outcome.replaced = std::move(made->replaced);
        co_return co_await raise_generation(session);
    };
    const auto done = co_await once.pool.repeatable_transaction(work);
    if (done.has_error()) co_return done.error();
    co_return outcome;
}

}  // namespace

// Before the transaction: nobody else has to wait for it. Whether it is still true is seen under the lock.
Awaitable<Result<Publication::Comparison>> Publication::compare(const PublishRequest& request) {
    Comparison found;
    HUTONG_QUERY(now, pool_,
                 "select v.contract from services s join service_versions v using (org, name, version) where "
                 "org = $1 and name = $2",
                 with(request.org, request.name));
    if (now.empty()) co_return found;
    found.contract = now.text(0, 0);
    if (found.contract == wsdl::content_id(request.bundle)) co_return found;
    const auto before = co_await read_contract(pool_, found.contract);
    if (before.has_error()) co_return before.error();
    const auto work = [&] { return wsdl::changes_between(*before, request.bundle, limits_); };
    auto changes = co_await run_on(blocking_, work);
    if (changes.has_error()) co_return changes.error();
    found.changes = std::move(*changes);
    co_return found;
}

Awaitable<Result<PublishOutcome>> Publication::publish(PublishRequest request) {
    if (!is_name(request.org)) co_return bad_name("organisation id", request.org);
    if (!is_name(request.name)) co_return bad_name("service name", request.name);
    const auto reading = [&] { return wsdl::read(request.bundle, limits_); };
    const auto description = co_await run_on(blocking_, reading);
    if (description.has_error()) co_return description.error();
    if (const auto usable = check_findings(description->findings); usable.has_error())
        co_return usable.error();
    if (const auto said = check_reason("publish", request.reason, false); said.has_error())
        co_return said.error();
    const auto wsdl_service = choose_service(*description, request.wsdl_service);
    if (wsdl_service.has_error()) co_return wsdl_service.error();
    const auto endpoints =
        request.local.empty() ? choose_endpoints(*description, *wsdl_service, request.endpoints)
                              : Result<std::vector<std::string>>({std::string(local_scheme) + request.local});
    if (endpoints.has_error()) co_return endpoints.error();

    const Service asked = service_of(request, wsdl::content_id(request.bundle), *wsdl_service, *endpoints);
    Findings findings = description->findings;
    const ContractPolicy policy = read_contract_policy(*description, findings);
    Result<PublishOutcome> outcome = PublishOutcome();
    // Again when somebody else has published another version meanwhile: whoever loses a race lets one other
    // win.
    bool stale = true;
    for (unsigned left = most_tries; stale && left > 0; --left) {
        const auto compared = co_await compare(request);
        if (compared.has_error()) co_return compared.error();
        const Attempt once{pool_,
                           request,
                           *description,
                           asked,
                           findings,
                           policy,
                           signs_with_,
                           compared->contract,
                           compared->changes};
        outcome = co_await attempt(once, stale);
    }
    co_return outcome;
}

}  // namespace hutong::registry
