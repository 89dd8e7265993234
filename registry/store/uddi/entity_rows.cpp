#include "registry/store/uddi/entity_rows.hpp"

#include "base/coroutine.hpp"
#include "registry/store/search_documents.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

namespace {

using Column = std::vector<pg::Param>;

std::string first_name(const Entity& entity) {
    return entity.name_rows.empty() ? std::string() : entity.name_rows.front().text;
}

pg::Params arrays(const std::vector<Column>& columns) {
    pg::Params params;
    for (const Column& column : columns) params.emplace_back(pg::array(column));
    return params;
}

// unnest($1::text[], $2::text[], …)
std::string unnest(std::size_t columns, std::size_t from = 1) {
    std::string text = "unnest(";
    for (std::size_t i = 0; i < columns; ++i)
        text += (i == 0 ? "$" : ", $") + std::to_string(from + i) + "::text[]";
    return text + ")";
}

void add_row(std::vector<Column>& columns, const Column& row) {
    for (std::size_t i = 0; i < row.size(); ++i) columns[i].push_back(row[i]);
}

// Rows are made in plain functions: braced lists in a coroutine are more than g++ 12 takes.
void add_entity(std::vector<Column>& columns, const Placed& one) {
    const Entity& e = *one.entity;
    add_row(columns, {e.key, std::string(to_string(e.kind)), or_null(e.parent),
                      one.position ? pg::Param(std::to_string(*one.position)) : pg::Param(), or_null(e.org),
                      or_null(e.service), e.lead, e.names, e.descriptions, e.middle, e.tail, first_name(e),
                      std::string(e.has_signature ? "true" : "false")});
}

Awaitable<Result<void>> store_rows(pg::Session& session, const std::vector<Placed>& placed,
                                   const std::optional<std::string>& owner, const std::string& editor) {
    std::vector<Column> columns(13);
    for (const Placed& one : placed) add_entity(columns, one);
    pg::Params params = arrays(columns);
    params.emplace_back(owner);
    params.emplace_back(editor);
    HUTONG_QUERY(
        stored, session,
        "insert into uddi_entities (key, kind, parent, position, owner, org, service, lead, names, "
        "descriptions, middle, tail, name, signed, editor) select u.key, u.kind, u.parent, "
        "coalesce(u.position::bigint, nextval('uddi_positions')), $14::text, u.org, u.service, u.lead, "
        "u.names, "
        "u.descriptions, u.middle, u.tail, u.name, u.signed::boolean, $15::text from " +
            unnest(13) +
            " with ordinality u (key, kind, parent, position, org, service, lead, names, descriptions, "
            "middle, "
            "tail, name, signed, n) order by u.n "
            "on conflict (key) do update set parent = excluded.parent, position = excluded.position, "
            "lead = excluded.lead, names = excluded.names, descriptions = excluded.descriptions, "
            "middle = excluded.middle, tail = excluded.tail, name = excluded.name, signed = excluded.signed, "
            "hidden = false, modified = now(), modified_below = now(), editor = excluded.editor",
        std::move(params));
    co_return Result<void>();
}

Awaitable<Result<void>> clear_rows(pg::Session& session, const std::vector<Placed>& placed) {
    Column keys;
    for (const Placed& one : placed) keys.emplace_back(one.entity->key);
    HUTONG_QUERY(gone, session,
                 "with k as (select unnest($1::text[]) key), "
                 "a as (delete from uddi_names where entity in (select key from k)), "
                 "b as (delete from uddi_references where entity in (select key from k)), "
                 "c as (delete from uddi_instances where binding in (select key from k)), "
                 "d as (delete from uddi_removals where entity in (select key from k)) "
                 "delete from uddi_discovery_urls where entity in (select key from k)",
                 with(pg::array(keys)));
    co_return Result<void>();
}

Awaitable<Result<void>> store_names(pg::Session& session, const std::vector<Placed>& placed) {
    std::vector<Column> columns(5);
    for (const Placed& one : placed) {
        unsigned position = 0;
        for (const Name& name : one.entity->name_rows) {
            columns[0].emplace_back(one.entity->key);
            columns[1].emplace_back(std::string(to_string(one.entity->kind)));
            columns[2].emplace_back(std::to_string(position++));
            columns[3].emplace_back(name.text);
            columns[4].emplace_back(name.lang);
        }
    }
    if (columns[0].empty()) co_return Result<void>();
    HUTONG_QUERY(
        stored, session,
        "insert into uddi_names (entity, kind, position, name, lang) select e, k, p::int, n, l from " +
            unnest(5) + " u (e, k, p, n, l)",
        arrays(columns));
    co_return Result<void>();
}

void add_references(std::vector<Column>& columns, const Placed& one, Bag bag,
                    const std::vector<Reference>& references) {
    unsigned position = 0;
    for (const Reference& reference : references) {
        add_row(columns, {one.entity->key, std::string(to_string(one.entity->kind)), or_null(one.service),
                          or_null(one.business), std::string(to_string(bag)), std::to_string(position++),
                          reference.group ? pg::Param(std::to_string(*reference.group)) : pg::Param(),
                          or_null(reference.group_key), reference.tmodel, reference.name, reference.value});
    }
}

Awaitable<Result<void>> store_references(pg::Session& session, const std::vector<Placed>& placed) {
    std::vector<Column> columns(11);
    for (const Placed& one : placed) {
        add_references(columns, one, Bag::category, one.entity->bags.categories);
        add_references(columns, one, Bag::identifier, one.entity->bags.identifiers);
    }
    if (columns[0].empty()) co_return Result<void>();
    HUTONG_QUERY(
        stored, session,
        "insert into uddi_references (entity, kind, service, business, bag, position, grouped, group_key, "
        "tmodel, name, value) select e, k, s, b, g, p::int, gn::int, gk, t, n, v from " +
            unnest(11) + " u (e, k, s, b, g, p, gn, gk, t, n, v)",
        arrays(columns));
    co_return Result<void>();
}

void add_instances(std::vector<Column>& columns, const Placed& one) {
    unsigned position = 0;
    for (const std::string& tmodel : one.entity->instances)
        add_row(columns, {one.entity->key, std::to_string(position++), one.service, one.business, tmodel});
}

Awaitable<Result<void>> store_instances(pg::Session& session, const std::vector<Placed>& placed) {
    std::vector<Column> columns(5);
    for (const Placed& one : placed) add_instances(columns, one);
    if (columns[0].empty()) co_return Result<void>();
    HUTONG_QUERY(stored, session,
                 "insert into uddi_instances (binding, position, service, business, tmodel) "
                 "select e, p::int, s, b, t from " +
                     unnest(5) + " u (e, p, s, b, t)",
                 arrays(columns));
    co_return Result<void>();
}

Awaitable<Result<void>> store_urls(pg::Session& session, const std::vector<Placed>& placed) {
    std::vector<Column> columns(4);
    for (const Placed& one : placed) {
        unsigned position = 0;
        for (const DiscoveryUrl& url : one.entity->discovery_urls) {
            const Column row{one.entity->key, std::to_string(position++), url.url, url.use_type};
            for (std::size_t i = 0; i < row.size(); ++i) columns[i].push_back(row[i]);
        }
    }
    if (columns[0].empty()) co_return Result<void>();
    HUTONG_QUERY(
        stored, session,
        "insert into uddi_discovery_urls (entity, position, url, use_type) select e, p::int, w, t from " +
            unnest(4) + " u (e, p, w, t)",
        arrays(columns));
    co_return Result<void>();
}

}  // namespace

Awaitable<Result<void>> store_entities(pg::Session& session, std::vector<Placed> placed,
                                       std::optional<std::string> owner, std::string editor) {
    if (placed.empty()) co_return Result<void>();
    HUTONG_CO_TRY(co_await store_rows(session, placed, owner, editor));
    HUTONG_CO_TRY(co_await clear_rows(session, placed));
    HUTONG_CO_TRY(co_await store_names(session, placed));
    HUTONG_CO_TRY(co_await store_references(session, placed));
    HUTONG_CO_TRY(co_await store_instances(session, placed));
    HUTONG_CO_TRY(co_await store_urls(session, placed));
    std::vector<std::string> services;
    for (const Placed& one : placed)
        if (one.entity->kind == Kind::service) services.push_back(one.entity->key);
    co_return co_await write_documents(session, std::move(services));
}

}  // namespace hutong::registry::uddi
