#include "registry/publication/uddi/known.hpp"

#include <algorithm>

#include "base/coroutine.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

namespace {

std::string array_of(const std::set<std::string>& keys) {
    return pg::array(std::vector<pg::Param>(keys.begin(), keys.end()));
}

// Whoever changes something locks what is above it before it, and of one kind in the order of keys: so two
// requests do not wait for each other, also where one of them deletes what it has not named.
Awaitable<OrFault<KnownEntities>> lock_pass(pg::Session& session, const std::set<std::string>& keys) {
    HUTONG_QUERY(rows, session,
                 "with recursive up (key) as (select unnest($1::text[]) union select e.parent::text from up "
                 "join uddi_entities e on e.key = up.key where e.parent is not null) "
                 "select key, kind, parent, owner, org, service, position, names, descriptions, tail "
                 "from uddi_entities where key = any(array(select key from up)) order by case kind when "
                 "'business' then 1 when 'service' then 2 when 'binding' then 3 else 4 end, key "
                 "for no key update",
                 with(array_of(keys)));
    KnownEntities known;
    for (std::size_t i = 0; i < rows.size(); ++i)
        known.emplace(
            rows.text(i, 0),
            Known{kind_from(rows.text(i, 1)), std::string(rows.text(i, 2)), rows.value(i, 3),
                  std::string(rows.text(i, 4)), std::string(rows.text(i, 5)), rows.integer(i, 6),
                  std::string(rows.text(i, 7)), std::string(rows.text(i, 8)), std::string(rows.text(i, 9))});
    co_return known;
}

}  // namespace

Awaitable<OrFault<KnownEntities>> lock_entities(pg::Session& session, const std::set<std::string>& keys) {
    KnownEntities known;
    // What others committed while a pass waited for them (entities that are new or stand elsewhere now) only
    // the next one sees.
    for (;;) {
        HUTONG_CO_ASSIGN(KnownEntities now, co_await lock_pass(session, keys));
        const auto was_known = [&known](const auto& one) { return known.contains(one.first); };
        const bool settled = std::ranges::all_of(now, was_known);
        known = std::move(now);
        if (settled) co_return known;
    }
}

OrFault<void> check_owner(const std::string& key, const Known& known, const std::string& org) {
    const std::string about(key_name_of(known.kind));
    if (!known.owner)
        return Fault(failure::user_mismatch, "\"" + key + "\" belongs to the registry itself.", about);
    if (*known.owner != org)
        return Fault(failure::user_mismatch, "\"" + key + "\" belongs to another organisation.", about);
    return {};
}

Awaitable<OrFault<void>> touch(pg::Session& session, const std::set<std::string>& parents) {
    if (parents.empty()) co_return OrFault<void>();
    HUTONG_QUERY(touched, session,
                 "update uddi_entities set modified_below = now() where key in (select "
                 "unnest($1::text[]) union "
                 "select parent from uddi_entities where key = any($1::text[]) and parent is not null)",
                 with(array_of(parents)));
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> note_removals(pg::Session& session, const std::set<std::string>& parents,
                                       const std::string& editor) {
    if (parents.empty()) co_return OrFault<void>();
    // One that went with the same request has nobody to be told.
    HUTONG_QUERY(
        noted, session,
        "insert into uddi_removals (entity, editor) select key, $2::text from uddi_entities where key = "
        "any($1::text[]) on conflict (entity, editor) do update set at = now()",
        with(array_of(parents), editor));
    co_return OrFault<void>();
}

}  // namespace hutong::registry::uddi
