#include "registry/publication/publication.hpp"

#include "base/ids.hpp"
#include "registry/model/policy_document.hpp"
#include "registry/publication/steps.hpp"
#include "registry/publication/uddi/views.hpp"
#include "registry/store/service_rows.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

// The end of an edit that may have changed nothing: then it has replaced nothing, either.
Awaitable<Result<void>> settle(pg::Session& session, EditedService& edited, const Edit& edit, bool changed) {
    auto made = co_await made_by(session, edited.service.org, edited.service.name, edit);
    if (made.has_error()) co_return made.error();
    edited.revision = std::move(made->revision);
    if (!changed) co_return Result<void>();
    edited.replaced = std::move(made->replaced);
    co_return co_await raise_generation(session);
}

}  // namespace

Awaitable<Result<void>> Publication::add_organisation(Organisation organisation) {
    if (!is_name(organisation.id)) co_return bad_name("organisation id", organisation.id);
    if (organisation.name.empty()) co_return invalid("organisation " + organisation.id + " needs a name");
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(
            added, session,
            "insert into organisations (id, name) values ($1, $2) on conflict do nothing returning id",
            with(organisation.id, organisation.name));
        if (added.empty()) co_return conflict("organisation " + organisation.id + " exists already");
        const auto shown = co_await uddi::store_view(session, organisation);
        if (shown.has_error()) co_return shown.error();
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<std::vector<Organisation>>> Publication::organisations() {
    HUTONG_QUERY(rows, pool_, "select id, name from organisations order by id");
    std::vector<Organisation> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1))});
    co_return all;
}

Awaitable<Result<void>> Publication::add_consumer(Consumer consumer) {
    if (!is_name(consumer.id)) co_return bad_name("consumer id", consumer.id);
    if (consumer.answer_key && *consumer.answer_key != "rsa" && *consumer.answer_key != "p256" &&
        *consumer.answer_key != "sm2")
        co_return invalid("answer key \"" + *consumer.answer_key + "\" is none of rsa, p256, sm2");
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        HUTONG_QUERY(org, session, "select 1 from organisations where id = $1", with(consumer.org));
        if (org.empty())
            co_return not_found("there is no organisation " + consumer.org + "; add it with: hutong org add");
        HUTONG_QUERY(added, session,
                     "insert into consumers (id, org, answer_key) values ($1, $2, $3) on conflict do nothing "
                     "returning id",
                     with(consumer.id, consumer.org, consumer.answer_key));
        if (added.empty()) co_return conflict("consumer " + consumer.id + " exists already");
        for (const Bytes& der : consumer.certificates_der) {
            const auto bound = co_await bind_certificate(session, consumer.id, der);
            if (bound.has_error()) co_return bound.error();
        }
        co_return co_await raise_generation(session);
    });
}

Awaitable<Result<std::vector<Consumer>>> Publication::consumers() {
    HUTONG_QUERY(
        rows, pool_,
        "select c.id, c.org, c.answer_key, k.thumbprint from consumers c left join consumer_certificates k "
        "on k.consumer = c.id order by c.id, k.bound");
    std::vector<Consumer> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (all.empty() || all.back().id != rows.text(i, 0))
            all.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), rows.value(i, 2), {}});
        if (const auto thumbprint = rows.value(i, 3)) all.back().certificates.push_back(*thumbprint);
    }
    co_return all;
}

Awaitable<Result<void>> Publication::bind_certificates(std::string consumer,
                                                       std::vector<Bytes> certificates) {
    co_return co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        for (const Bytes& der : certificates) {
            const auto bound = co_await bind_certificate(session, consumer, der);
            if (bound.has_error()) co_return bound.error();
        }
        co_return Result<void>();
    });
}

Awaitable<Result<void>> Publication::bind_certificate(pg::Session& session, std::string consumer, Bytes der) {
    const std::string thumbprint = to_hex(sha256(der));
    HUTONG_QUERY(known, session, "select 1 from consumers where id = $1", with(consumer));
    if (known.empty())
        co_return not_found("there is no consumer " + consumer + "; add it with: hutong consumer add");
    // The insert first: of two who bind at once the second waits here, and then sees whose it became.
    HUTONG_QUERY(bound, session,
                 "insert into consumer_certificates (thumbprint, consumer, der) values ($1, $2, $3) "
                 "on conflict do nothing returning consumer",
                 with(thumbprint, consumer, pg::bytea(der)));
    if (!bound.empty()) co_return co_await raise_generation(session);
    HUTONG_QUERY(owner, session, "select consumer from consumer_certificates where thumbprint = $1",
                 with(thumbprint));
    if (owner.text(0, 0) != consumer)
        co_return conflict("the certificate is bound to consumer " + std::string(owner.text(0, 0)) +
                           " already; each consumer needs a certificate of its own");
    co_return Result<void>();
}

Awaitable<Result<std::vector<Service>>> Publication::services() {
    HUTONG_QUERY(rows, pool_, select_services(""));
    co_return services_of(rows);
}

Awaitable<Result<ServiceDetail>> Publication::show(std::string service) {
    const auto parts = split(service);
    if (parts.has_error()) co_return parts.error();
    const auto& [org, name] = *parts;
    // First: what changes in between then counts as not seen.
    const auto revision = co_await revision_of(pool_, org, name);
    if (revision.has_error()) co_return revision.error();
    HUTONG_QUERY(rows, pool_, select_services("where s.org = $1 and s.name = $2"), with(org, name));
    if (rows.empty()) co_return no_service(service);
    ServiceDetail detail;
    detail.revision = *revision;
    detail.service = services_of(rows).front();
    HUTONG_QUERY(
        versions, pool_,
        "select version, contract from service_versions where org = $1 and name = $2 order by version desc",
        with(org, name));
    for (std::size_t i = 0; i < versions.size(); ++i)
        detail.versions.emplace_back(static_cast<unsigned>(versions.integer(i, 0)),
                                     std::string(versions.text(i, 1)));
    HUTONG_QUERY(grants, pool_,
                 "select consumer, operation from grants where org = $1 and name = $2 order by 1, 2",
                 with(org, name));
    for (std::size_t i = 0; i < grants.size(); ++i)
        detail.grants.push_back({std::string(grants.text(i, 0)), service, std::string(grants.text(i, 1))});
    co_return detail;
}

Awaitable<Result<EditedService>> Publication::change_policy(std::string service, std::string document,
                                                            std::string name, Edit edit) {
    const auto parts = split(service);
    if (parts.has_error()) co_return parts.error();
    const auto& [org, id] = *parts;
    EditedService edited;
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        const auto found = co_await locked_service(session, org, id, edit);
        if (found.has_error()) co_return found.error();
        edited.service = *found;
        Service& changed = edited.service;
        const std::string before = policy_document(changed);
        const auto applied = apply_policy(document, name, changed);
        if (applied.has_error()) co_return applied.error();
        const auto answers = check_answer_key(found->security, changed.security, signs_with_);
        if (answers.has_error()) co_return answers.error().at(name);
        if (policy_document(changed) == before) co_return co_await settle(session, edited, edit, false);
        HUTONG_QUERY(stored, session,
                     "update services set policy = $3, forward = $4, security = $5, editor = $6, changed = "
                     "now() where org = $1 and name = $2",
                     with(org, id, std::string(to_string(changed.policy)),
                          std::string(to_string(changed.forward)), stored_policy(changed), edit.by));
        co_return co_await settle(session, edited, edit, true);
    });
    if (done.has_error()) co_return done.error();
    co_return edited;
}

Awaitable<Result<EditedService>> Publication::change_settings(std::string service, ServiceSettings settings,
                                                              Edit edit) {
    const auto parts = split(service);
    if (parts.has_error()) co_return parts.error();
    const auto& [org, id] = *parts;
    EditedService edited;
    const auto done = co_await pool_.transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
        const auto found = co_await locked_service(session, org, id, edit);
        if (found.has_error()) co_return found.error();
        edited.service = *found;
        Service& changed = edited.service;
        if (settings.journal) changed.journal = *settings.journal;
        if (settings.validate) changed.validate = *settings.validate;
        if (changed.journal == found->journal && changed.validate == found->validate)
            co_return co_await settle(session, edited, edit, false);
        const auto journal =
            changed.journal ? pg::Param(std::string(to_string(*changed.journal))) : pg::Param();
        HUTONG_QUERY(stored, session,
                     "update services set journal = $3, validate = $4, editor = $5, changed = now() where "
                     "org = $1 and name = $2",
                     with(org, id, journal, std::string(changed.validate ? "true" : "false"), edit.by));
        co_return co_await settle(session, edited, edit, true);
    });
    if (done.has_error()) co_return done.error();
    co_return edited;
}

}  // namespace hutong::registry
