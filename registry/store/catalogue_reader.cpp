// One consistent read of everything a gateway decides by.
#include "registry/store/catalogue_keeper.hpp"
#include "registry/store/service_rows.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

using Unit = Result<void>;

Awaitable<Unit> read_services(pg::Session& session, Catalogue& into) {
    HUTONG_QUERY(rows, session, select_services(""));
    into.services = services_of(rows);
    co_return Unit{};
}

Awaitable<Unit> read_contracts(pg::Session& session, Catalogue& into, const Catalogue* known) {
    for (const Service& service : into.services) {
        if (into.contracts.contains(service.contract)) continue;
        if (known != nullptr)
            if (const auto found = known->contracts.find(service.contract); found != known->contracts.end()) {
                into.contracts.insert(*found);
                continue;
            }
        HUTONG_QUERY(files, session,
                     "select c.main, f.path, f.content from contracts c join contract_files f on f.contract "
                     "= c.id where c.id = $1",
                     with(service.contract));
        auto contract = std::make_shared<Contract>();
        contract->id = service.contract;
        for (std::size_t i = 0; i < files.size(); ++i) {
            contract->bundle.main = files.text(i, 0);
            contract->bundle.files[std::string(files.text(i, 1))] = std::string(as_text(files.bytes(i, 2)));
        }
        into.contracts[service.contract] = std::move(contract);
    }
    co_return Unit{};
}

Awaitable<Unit> read_people(pg::Session& session, Catalogue& into) {
    HUTONG_QUERY(orgs, session, "select id, name from organisations order by id");
    for (std::size_t i = 0; i < orgs.size(); ++i)
        into.organisations.push_back({std::string(orgs.text(i, 0)), std::string(orgs.text(i, 1))});
    HUTONG_QUERY(
        consumers, session,
        "select c.id, c.org, c.answer_key, k.thumbprint, k.der, c.vouches, p.sealed from consumers c "
        "left join consumer_certificates k on k.consumer = c.id "
        "left join consumer_passwords p on p.consumer = c.id order by c.id, k.bound");
    for (std::size_t i = 0; i < consumers.size(); ++i) {
        if (into.consumers.empty() || into.consumers.back().id != consumers.text(i, 0)) {
            Consumer& consumer = into.consumers.emplace_back();
            consumer.id = consumers.text(i, 0);
            consumer.org = consumers.text(i, 1);
            consumer.answer_key = consumers.value(i, 2);
            consumer.vouches = consumers.boolean(i, 5);
            if (consumers.value(i, 6)) consumer.sealed_password = consumers.bytes(i, 6);
        }
        if (const auto thumbprint = consumers.value(i, 3)) {
            into.consumers.back().certificates.push_back(*thumbprint);
            into.consumers.back().certificates_der.push_back(consumers.bytes(i, 4));
        }
    }
    HUTONG_QUERY(names, session,
                 "select consumer, issuer, name_id from consumer_saml_names order by consumer");
    for (std::size_t i = 0; i < names.size(); ++i)
        for (Consumer& consumer : into.consumers)
            if (consumer.id == names.text(i, 0))
                consumer.saml_names.push_back({std::string(names.text(i, 1)), std::string(names.text(i, 2))});
    HUTONG_QUERY(grants, session, "select consumer, org || '/' || name, operation from grants");
    for (std::size_t i = 0; i < grants.size(); ++i)
        into.grants.push_back(
            {std::string(grants.text(i, 0)), std::string(grants.text(i, 1)), std::string(grants.text(i, 2))});
    co_return Unit{};
}

Awaitable<Unit> read_service_keys(pg::Session& session, Catalogue& into) {
    HUTONG_QUERY(keys, session,
                 "select k.name, k.org, k.uri, k.kind, k.purpose, k.chain, g.org from service_keys k "
                 "left join service_key_grants g on g.key = k.name order by k.name, g.org");
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (into.service_keys.empty() || into.service_keys.back().name != keys.text(i, 0))
            into.service_keys.push_back({std::string(keys.text(i, 0)),
                                         std::string(keys.text(i, 1)),
                                         std::string(keys.text(i, 2)),
                                         std::string(keys.text(i, 3)),
                                         key_purpose_from(keys.text(i, 4)).value(),
                                         std::string(keys.text(i, 5)),
                                         {}});
        if (const auto granted = keys.value(i, 6)) into.service_keys.back().granted.push_back(*granted);
    }
    co_return Unit{};
}

Awaitable<Unit> read_trust(pg::Session& session, Catalogue& into) {
    HUTONG_QUERY(
        cas, session,
        "select thumbprint, name, own, der, crl_url is not null, ocsp_url is not null, grace_hours from "
        "trusted_cas order by own desc, thumbprint");
    for (std::size_t i = 0; i < cas.size(); ++i)
        into.cas.push_back({std::string(cas.text(i, 0)), std::string(cas.text(i, 1)), cas.boolean(i, 2),
                            cas.bytes(i, 3), cas.boolean(i, 4), cas.boolean(i, 5),
                            std::chrono::hours(cas.integer(i, 6))});
    HUTONG_QUERY(lists, session, "select der from foreign_crls where der is not null order by ca");
    for (std::size_t i = 0; i < lists.size(); ++i) into.foreign_crls.push_back(lists.bytes(i, 0));
    HUTONG_QUERY(answers, session,
                 "select certificate, state, " + as_utc("next_update") +
                     ", der from foreign_answers where state is not null order by certificate");
    for (std::size_t i = 0; i < answers.size(); ++i)
        into.foreign_answers.push_back({std::string(answers.text(i, 0)), std::string(answers.text(i, 1)),
                                        parse_utc(answers.text(i, 2)).value(), answers.bytes(i, 3)});
    HUTONG_QUERY(crls, session, "select ca, der from crls order by ca");
    for (std::size_t i = 0; i < crls.size(); ++i)
        into.crls.push_back({std::string(crls.text(i, 0)), crls.bytes(i, 1)});
    HUTONG_QUERY(
        revoked, session,
        "select thumbprint from certificates where status = 'revoked' union all select thumbprint from "
        "revoked_authorities");
    for (std::size_t i = 0; i < revoked.size(); ++i) into.revoked.emplace_back(revoked.text(i, 0));
    co_return Unit{};
}

}  // namespace

Awaitable<Result<std::shared_ptr<const Catalogue>>> read_catalogue(pg::Pool& pool, const Catalogue* known) {
    auto catalogue = std::make_shared<Catalogue>();
    const auto done = co_await pool.transaction([&](pg::Session& session) -> Awaitable<Unit> {
        HUTONG_QUERY(isolation, session, "set transaction isolation level repeatable read, read only");
        catalogue->read_at = system_clock().now();
        HUTONG_QUERY(generation, session, "select generation from platform");
        catalogue->generation = static_cast<std::uint64_t>(generation.integer(0, 0));
        auto step = co_await read_services(session, *catalogue);
        if (step.has_value()) step = co_await read_contracts(session, *catalogue, known);
        if (step.has_value()) step = co_await read_people(session, *catalogue);
        if (step.has_value()) step = co_await read_service_keys(session, *catalogue);
        if (step.has_value()) step = co_await read_trust(session, *catalogue);
        co_return step;
    });
    if (done.has_error()) co_return done.error();
    co_return std::shared_ptr<const Catalogue>(std::move(catalogue));
}

}  // namespace hutong::registry
