// Publication::publish: the contract is read and judged first, then everything changes in one transaction.
#include "base/ids.hpp"
#include "registry/model/policy_document.hpp"
#include "registry/publication/contract_choice.hpp"
#include "registry/publication/policy_proposal.hpp"
#include "registry/publication/publication.hpp"
#include "registry/publication/steps.hpp"
#include "registry/publication/uddi/views.hpp"
#include "registry/store/service_rows.hpp"
#include "registry/store/sql.hpp"
#include "wsdl/reader.hpp"

namespace hutong::registry {

namespace {

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

Awaitable<Result<void>> store_service(pg::Session& session, const Service& service) {
    const auto journal = service.journal ? pg::Param(std::string(to_string(*service.journal))) : pg::Param();
    HUTONG_QUERY(version, session,
                 "insert into service_versions (org, name, version, contract) values ($1, $2, $3, $4) "
                 "on conflict (org, name, version) do nothing",
                 with(service.org, service.name, std::to_string(service.version), service.contract));
    HUTONG_QUERY(
        stored, session,
        "insert into services (org, name, version, wsdl_service, policy, journal, forward, validate, "
        "security) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (org, name) do update set "
        "version = excluded.version, wsdl_service = excluded.wsdl_service, policy = excluded.policy, "
        "status = 'online', journal = excluded.journal, forward = excluded.forward, "
        "validate = excluded.validate, security = excluded.security, changed = now()",
        with(service.org, service.name, std::to_string(service.version), service.wsdl_service,
             std::string(to_string(service.policy)), journal, std::string(to_string(service.forward)),
             std::string(service.validate ? "true" : "false"), stored_policy(service)));
    HUTONG_QUERY(old, session, "delete from endpoints where org = $1 and name = $2",
                 with(service.org, service.name));
    for (std::size_t i = 0; i < service.endpoints.size(); ++i) {
        HUTONG_QUERY(endpoint, session,
                     "insert into endpoints (org, name, position, url) values ($1, $2, $3, $4)",
                     with(service.org, service.name, std::to_string(i), service.endpoints[i]));
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

}  // namespace

Awaitable<Result<PublishOutcome>> Publication::publish(PublishRequest request) {
    if (!is_name(request.org)) co_return bad_name("organisation id", request.org);
    if (!is_name(request.name)) co_return bad_name("service name", request.name);
    const auto description = wsdl::read(request.bundle, limits_);
    if (description.has_error()) co_return description.error();
    if (const auto usable = check_findings(description->findings); usable.has_error())
        co_return usable.error();
    const auto wsdl_service = choose_service(*description, request.wsdl_service);
    if (wsdl_service.has_error()) co_return wsdl_service.error();
    const auto endpoints =
        request.local.empty() ? choose_endpoints(*description, *wsdl_service, request.endpoints)
                              : Result<std::vector<std::string>>({std::string(local_scheme) + request.local});
    if (endpoints.has_error()) co_return endpoints.error();

    Service service = service_of(request, wsdl::content_id(request.bundle), *wsdl_service, *endpoints);
    PublishOutcome outcome;
    outcome.findings = description->findings;
    const ContractPolicy asked = read_contract_policy(*description, outcome.findings);
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        // Held until commit: an organisation's services are published one after the other, the first version
        // too.
        HUTONG_QUERY(org, session, "select 1 from organisations where id = $1 for no key update",
                     with(request.org));
        if (org.empty())
            co_return not_found("there is no organisation " + request.org + "; add it with: hutong org add " +
                                request.org + " --name NAME");
        const auto present = co_await present_service(session, service);
        if (present.has_error()) co_return present.error();
        const auto settled = settle_policy(request, asked, *present, signs_with_, service, outcome.findings);
        if (settled.has_error()) co_return settled.error();
        if (*present) {
            keep_settings(request, **present, service);
            const auto differs = co_await compare_with(session, **present, service);
            if (differs.has_error()) co_return differs.error();
            outcome.changed = *differs;
        }
        outcome.version = service.version;
        if (!outcome.changed) co_return Result<void>();
        auto stored = co_await store_contract(session, service.contract, request.bundle);
        if (stored.has_value()) stored = co_await store_service(session, service);
        if (stored.has_value()) stored = co_await uddi::store_view(session, service, *description);
        if (stored.has_error()) co_return stored.error();
        co_return co_await raise_generation(session);
    });
    if (done.has_error()) co_return done.error();
    co_return outcome;
}

}  // namespace hutong::registry
