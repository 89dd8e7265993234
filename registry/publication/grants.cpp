// The grants of a Publication: who may call what, down to the operation.
#include "base/nearest.hpp"
#include "registry/publication/contract_choice.hpp"
#include "registry/publication/grant_steps.hpp"
#include "registry/publication/publication.hpp"
#include "registry/publication/steps.hpp"
#include "registry/store/contract_rows.hpp"
#include "registry/store/sql.hpp"
#include "wsdl/reader.hpp"

namespace hutong::registry {

namespace {

Awaitable<Result<wsdl::Bundle>> online_contract(pg::Session& session, const std::string& org,
                                                const std::string& name) {
    HUTONG_QUERY(rows, session,
                 "select v.contract from services s join service_versions v using (org, name, version) "
                 "where s.org = $1 and s.name = $2",
                 with(org, name));
    if (rows.empty()) co_return no_service(org + "/" + name);
    const std::string id(rows.text(0, 0));
    co_return co_await read_contract(session, id);
}

Result<void> check_operation(const wsdl::Bundle& bundle, const Grant& grant, const config::Wsdl& limits) {
    HUTONG_ASSIGN(const wsdl::Description description, wsdl::read(bundle, limits));
    const std::set<std::string> operations = operations_of(description);
    if (operations.contains(grant.operation)) return {};
    return not_found("service " + grant.service + " has no operation " + grant.operation +
                     "; the nearest is " + nearest(grant.operation, operations));
}

}  // namespace

Awaitable<Result<void>> check_grant(pg::Session& session, const Grant& grant, const config::Wsdl& limits) {
    const auto parts = split(grant.service);
    if (parts.has_error()) co_return parts.error();
    HUTONG_QUERY(known, session, "select 1 from consumers where id = $1", with(grant.consumer));
    if (known.empty())
        co_return not_found("there is no consumer " + grant.consumer + "; add it with: hutong consumer add");
    const auto bundle = co_await online_contract(session, parts->first, parts->second);
    if (bundle.has_error()) co_return bundle.error();
    if (grant.operation.empty()) co_return Result<void>();
    co_return check_operation(*bundle, grant, limits);
}

Awaitable<Result<void>> give_grant(pg::Session& session, const Grant& grant, const config::Wsdl& limits) {
    const auto checked = co_await check_grant(session, grant, limits);
    if (checked.has_error()) co_return checked.error();
    const auto parts = split(grant.service);
    HUTONG_QUERY(granted, session,
                 "insert into grants (consumer, org, name, operation) values ($1, $2, $3, $4) "
                 "on conflict do nothing returning consumer",
                 with(grant.consumer, parts->first, parts->second, grant.operation));
    if (granted.empty()) co_return Result<void>();  // it was there
    co_return co_await raise_generation(session);
}

Awaitable<Result<void>> Publication::grant(Grant grant) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        co_return co_await give_grant(session, grant, limits_);
    });
}

Awaitable<Result<void>> Publication::ungrant(Grant grant) {
    const auto parts = split(grant.service);
    if (parts.has_error()) co_return parts.error();
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(gone, session,
                     "delete from grants where consumer = $1 and org = $2 and name = $3 and operation = $4 "
                     "returning consumer",
                     with(grant.consumer, parts->first, parts->second, grant.operation));
        if (gone.empty())
            co_return not_found("consumer " + grant.consumer + " has no such grant for " + grant.service +
                                "; see: hutong service show " + grant.service);
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<std::vector<Grant>>> Publication::grants(std::string consumer) {
    HUTONG_QUERY(rows, pool_,
                 "select org || '/' || name, operation from grants where consumer = $1 order by 1, 2",
                 with(consumer));
    std::vector<Grant> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({consumer, std::string(rows.text(i, 0)), std::string(rows.text(i, 1))});
    co_return all;
}

}  // namespace hutong::registry
