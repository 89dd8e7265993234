#include "registry/validation/canonical.hpp"

#include <set>

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/store/sql.hpp"
#include "registry/store/uddi/entity_rows.hpp"

namespace hutong::registry::uddi {

namespace {

std::string reference_text(std::string_view tmodel, std::string_view name, std::string_view value) {
    return "<keyedReference" + attribute("tModelKey", tmodel) + attribute("keyName", name) +
           attribute("keyValue", value) + "/>";
}

Entity entity_of(const CanonicalTModel& one) {
    Entity entity;
    entity.kind = Kind::tmodel;
    entity.key = one.key;
    entity.names = element("name", one.name);
    entity.name_rows.push_back({std::string(one.name), {}});
    entity.descriptions = "<description xml:lang=\"en\">" + xml::escape(one.description) + "</description>";
    if (!one.overview_url.empty())
        entity.middle = "<overviewDoc><overviewURL useType=\"text\">" + xml::escape(one.overview_url) +
                        "</overviewURL></overviewDoc>";
    std::string references;
    std::string_view rest = one.types;
    while (!rest.empty()) {
        const std::size_t blank = std::min(rest.find(' '), rest.size());
        const std::string type(rest.substr(0, blank));
        rest.remove_prefix(std::min(blank + 1, rest.size()));
        references += reference_text(types_key, "uddi-org:types:" + type, type);
        entity.bags.categories.push_back({std::string(types_key), "uddi-org:types:" + type, type});
    }
    if (!references.empty()) entity.tail = enclosed("categoryBag", references);
    return entity;
}

Awaitable<Result<void>> store_values(pg::Session& session, const ValueSet& set) {
    std::vector<pg::Param> values, names;
    for (const Value& one : set.values) {
        values.emplace_back(std::string(one.value));
        names.emplace_back(std::string(one.name));
    }
    HUTONG_QUERY(
        stored, session,
        "insert into uddi_values (tmodel, value, name) select $1, v, n from unnest($2::text[], $3::text[]) "
        "u (v, n) on conflict (tmodel, value) do update set name = excluded.name",
        with(std::string(set.tmodel), pg::array(values), pg::array(names)));
    co_return Result<void>();
}

}  // namespace

Awaitable<Result<unsigned>> store_canonical(pg::Session& session) {
    HUTONG_QUERY(rows, session, "select key from uddi_entities where kind = 'tmodel' and owner is null");
    std::set<std::string, std::less<>> there;
    for (std::size_t i = 0; i < rows.size(); ++i) there.emplace(rows.text(i, 0));
    std::vector<Entity> missing;
    for (const CanonicalTModel& one : canonical_tmodels())
        if (!there.contains(one.key)) missing.push_back(entity_of(one));
    std::vector<Placed> placed;
    for (const Entity& one : missing) placed.push_back({&one, {}, {}});
    HUTONG_CO_TRY(co_await store_entities(session, std::move(placed), std::nullopt));
    // A set may have been there before it was checked.
    HUTONG_QUERY(sets, session, "select distinct tmodel from uddi_values");
    std::set<std::string, std::less<>> filled;
    for (std::size_t i = 0; i < sets.size(); ++i) filled.emplace(sets.text(i, 0));
    for (const ValueSet& set : checked_value_sets())
        if (!filled.contains(set.tmodel)) HUTONG_CO_TRY(co_await store_values(session, set));
    co_return static_cast<unsigned>(missing.size());
}

}  // namespace hutong::registry::uddi
