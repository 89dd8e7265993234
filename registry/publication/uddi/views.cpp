#include "registry/publication/uddi/views.hpp"

#include "base/coroutine.hpp"
#include "base/log.hpp"
#include "registry/catalogue/contract_words.hpp"
#include "registry/model/uddi/technical_note.hpp"
#include "registry/store/contract_rows.hpp"
#include "registry/store/search_documents.hpp"
#include "registry/store/service_rows.hpp"
#include "registry/store/sql.hpp"
#include "registry/store/uddi/entity_rows.hpp"
#include "registry/validation/canonical.hpp"
#include "wsdl/reader.hpp"

namespace hutong::registry::uddi {

namespace {

// Any number, the same in every version: one node completes the views at a time.
constexpr const char* lock_key = "7241370020";

Awaitable<Result<unsigned>> complete_organisations(pg::Session& session) {
    HUTONG_QUERY(
        rows, session,
        "select id, name from organisations o where not exists (select 1 from uddi_entities where org = o.id "
        "and kind = 'business')");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Organisation organisation{std::string(rows.text(i, 0)), std::string(rows.text(i, 1))};
        HUTONG_CO_TRY(co_await store_view(session, organisation));
    }
    co_return static_cast<unsigned>(rows.size());
}

Awaitable<Result<unsigned>> complete_services(pg::Session& session, const config::Wsdl& limits) {
    HUTONG_QUERY(
        rows, session,
        select_services(
            "where s.status in ('online', 'deprecated') and not exists (select 1 from uddi_entities u join "
            "search_documents d on d.service = u.key where u.org = s.org and u.service = s.name and u.kind = "
            "'service')"));
    unsigned made = 0;
    for (const Service& service : services_of(rows)) {
        HUTONG_CO_ASSIGN(const wsdl::Bundle bundle, co_await read_contract(session, service.contract));
        const auto description = wsdl::read(bundle, limits);
        if (description.has_error()) {
            log(MessageId::HT3022, {{"service", service.id()}, {"reason", description.error().detail}});
            continue;
        }
        HUTONG_CO_TRY(co_await store_view(session, service, *description, bundle));
        ++made;
    }
    co_return made;
}

// Of what publishers saved before there were documents; some at a time, since there may be many.
Awaitable<Result<void>> complete_documents(pg::Session& session) {
    for (bool more = true; more;) {
        HUTONG_QUERY(rows, session,
                     "select key from uddi_entities where kind = 'service' and service is null and not "
                     "exists (select 1 "
                     "from search_documents d where d.service = key) limit 1000");
        std::vector<std::string> keys;
        for (std::size_t i = 0; i < rows.size(); ++i) keys.emplace_back(rows.text(i, 0));
        more = !keys.empty();
        HUTONG_CO_TRY(co_await write_documents(session, std::move(keys)));
    }
    co_return Result<void>();
}

}  // namespace

Awaitable<Result<void>> lock_above(pg::Session& session, const std::string& org) {
    HUTONG_QUERY(locked, session,
                 "select 1 from uddi_entities where org = $1 and kind = 'business' for no key update",
                 with(org));
    co_return Result<void>();
}

Awaitable<Result<void>> store_view(pg::Session& session, const Organisation& organisation) {
    const Entity entity = view_of(organisation);
    std::vector<Placed> placed(1);
    placed.front().entity = &entity;
    placed.front().business = entity.key;
    co_return co_await store_entities(session, std::move(placed), organisation.id);
}

Awaitable<Result<void>> store_view(pg::Session& session, const Service& service,
                                   const wsdl::Description& description, const wsdl::Bundle& bundle) {
    const ServiceView view = view_of(service, description);
    const std::string& business = view.service.parent;
    std::vector<Placed> placed;
    for (const Entity& tmodel : view.tmodels) placed.push_back({&tmodel, {}, {}});
    placed.push_back({&view.service, view.service.key, business});
    for (const Entity& binding : view.service.children)
        placed.push_back({&binding, view.service.key, business});
    std::vector<pg::Param> keys;
    for (const Placed& one : placed) keys.emplace_back(one.entity->key);
    HUTONG_QUERY(
        gone, session,
        "with old as (select key, kind from uddi_entities where org = $1 and service = $2 and "
        "not key = any($3::text[])), hidden as (update uddi_entities set hidden = true, modified = now(), "
        "modified_below = now() where key in (select key from old where kind = 'tmodel')) "
        "delete from uddi_entities where key in (select key from old where kind <> 'tmodel')",
        with(service.org, service.name, pg::array(keys)));
    HUTONG_CO_TRY(co_await store_entities(session, std::move(placed), service.org));
    ContractWords words = contract_words(description, bundle);
    HUTONG_CO_TRY(co_await write_document(session, view.service.key, std::move(words)));
    HUTONG_QUERY(touched, session, "update uddi_entities set modified_below = now() where key = $1",
                 with(business));
    co_return Result<void>();
}

Awaitable<Result<void>> store_view(pg::Session& session, const Service& service, const config::Wsdl& limits,
                                   asio::thread_pool& blocking) {
    HUTONG_CO_ASSIGN(const wsdl::Bundle bundle, co_await read_contract(session, service.contract));
    const auto reading = [&bundle, &limits] { return wsdl::read(bundle, limits); };
    HUTONG_CO_ASSIGN(const wsdl::Description description, co_await run_on(blocking, reading));
    co_return co_await store_view(session, service, description, bundle);
}

Awaitable<Result<void>> remove_view(pg::Session& session, const std::string& org, const std::string& name) {
    HUTONG_QUERY(
        hidden, session,
        "with hidden as (update uddi_entities set hidden = true, modified = now(), modified_below = now() "
        "where org = $1 and service = $2 and kind = 'tmodel'), touched as (update uddi_entities set "
        "modified_below = now() where org = $1 and service is null and kind = 'business') "
        "delete from uddi_entities where org = $1 and service = $2 and kind in ('service', 'binding')",
        with(org, name));
    co_return Result<void>();
}

Awaitable<Result<unsigned>> complete_views(pg::Pool& pool, const config::Wsdl& limits) {
    unsigned made = 0;
    auto work = [&made, &limits](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(locked, session, std::string("select pg_advisory_xact_lock(") + lock_key + ")");
        HUTONG_CO_ASSIGN(const unsigned canonical, co_await store_canonical(session));
        HUTONG_CO_ASSIGN(const unsigned organisations, co_await complete_organisations(session));
        HUTONG_CO_ASSIGN(const unsigned services, co_await complete_services(session, limits));
        HUTONG_CO_TRY(co_await complete_documents(session));
        made = canonical + organisations + services;
        co_return Result<void>();
    };
    HUTONG_CO_TRY(co_await pool.repeatable_transaction(work));
    co_return made;
}

}  // namespace hutong::registry::uddi
