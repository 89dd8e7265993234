#include "registry/validation/references.hpp"

#include <algorithm>
#include <array>

#include "base/coroutine.hpp"
#include "registry/model/uddi/keys.hpp"
#include "registry/store/sql.hpp"
#include "registry/validation/canonical.hpp"

namespace hutong::registry::uddi {

namespace {

// Value sets whose values are keys of entities (uddi-org:types entityKeyValues).
constexpr std::array key_value_sets{
    "uddi:uddi.org:identifier:isreplacedby",      "uddi:uddi.org:categorization:owningbusiness",
    "uddi:uddi.org:categorization:derivedfrom",   "uddi:uddi.org:categorization:validatedby",
    "uddi:uddi.org:wsdl:categorization:protocol", "uddi:uddi.org:wsdl:categorization:transport",
    "uddi:uddi.org:wsdl:porttypereference"};

struct Mentioned {
    std::set<std::string> tmodels;
    std::set<std::pair<std::string, std::string>> values;
    std::set<std::pair<std::string, std::string>> keys;  // value set and the key that is its value

    void add(const Reference& reference) {
        tmodels.insert(reference.tmodel);
        if (!reference.group_key.empty()) tmodels.insert(reference.group_key);
        const bool key =
            std::find(key_value_sets.begin(), key_value_sets.end(), reference.tmodel) != key_value_sets.end();
        (key ? keys : values).emplace(reference.tmodel, reference.value);
    }
    void add(const Entity& entity) {
        for (const Reference& one : entity.bags.categories) add(one);
        for (const Reference& one : entity.bags.identifiers) add(one);
        tmodels.insert(entity.bags.empty_groups.begin(), entity.bags.empty_groups.end());
        tmodels.insert(entity.instances.begin(), entity.instances.end());
        tmodels.insert(entity.other_tmodels.begin(), entity.other_tmodels.end());
        for (const Entity& child : entity.children) add(child);
    }
};

std::string array_of(const std::set<std::string>& keys) {
    return pg::array(std::vector<pg::Param>(keys.begin(), keys.end()));
}

Awaitable<OrFault<void>> check_tmodels(pg::Session& session, std::set<std::string> tmodels,
                                       const std::set<std::string>& also) {
    for (const std::string& key : also) tmodels.erase(key);
    if (tmodels.empty()) co_return OrFault<void>();
    HUTONG_QUERY(
        unknown, session,
        "select k from unnest($1::text[]) k where not exists (select 1 from uddi_entities where key = k and "
        "kind = 'tmodel') limit 1",
        with(array_of(tmodels)));
    if (unknown.empty()) co_return OrFault<void>();
    co_return Fault(
        failure::invalid_key,
        "The tModelKey \"" + std::string(unknown.text(0, 0)) + "\" is not known in this registry.",
        "tModelKey");
}

Awaitable<OrFault<void>> check_values(pg::Session& session, const Mentioned& mentioned) {
    std::vector<pg::Param> sets, values;
    for (const auto& [set, value] : mentioned.values) {
        sets.emplace_back(set);
        values.emplace_back(value);
    }
    if (sets.empty()) co_return OrFault<void>();
    HUTONG_QUERY(
        wrong, session,
        "select u.t, u.v from unnest($1::text[], $2::text[]) u (t, v) where exists (select 1 from "
        "uddi_values "
        "where tmodel = u.t) and not exists (select 1 from uddi_values where tmodel = u.t and value = u.v) "
        "limit 1",
        with(pg::array(sets), pg::array(values)));
    if (wrong.empty()) co_return OrFault<void>();
    co_return Fault(failure::invalid_value, "\"" + std::string(wrong.text(0, 1)) +
                                                "\" is no value of the value set " +
                                                std::string(wrong.text(0, 0)) + ".");
}

Awaitable<OrFault<void>> check_keys(pg::Session& session, const Mentioned& mentioned) {
    std::vector<pg::Param> sets, values;
    for (const auto& [set, value] : mentioned.keys) {
        sets.emplace_back(set);
        values.emplace_back(value);
    }
    if (sets.empty()) co_return OrFault<void>();
    HUTONG_QUERY(
        wrong, session,
        "select u.t, u.v from unnest($1::text[], $2::text[]) u (t, v) where not exists (select 1 from "
        "uddi_entities where key = lower(u.v)) limit 1",
        with(pg::array(sets), pg::array(values)));
    if (wrong.empty()) co_return OrFault<void>();
    co_return Fault(failure::invalid_value, "A value of " + std::string(wrong.text(0, 0)) +
                                                " must be the key of an entity here, which \"" +
                                                std::string(wrong.text(0, 1)) + "\" is not.");
}

// Only the key of a key generator may be categorised as one, and it has to be (section 5.2.2.1.2).
OrFault<void> check_generator(const Entity& entity) {
    const auto is_mark = [](const Reference& one) {
        return one.tmodel == types_key && one.value == "keyGenerator";
    };
    const auto& categories = entity.bags.categories;
    const bool marked = std::any_of(categories.begin(), categories.end(), is_mark);
    const bool generator = entity.kind == Kind::tmodel && is_generator_key(entity.key);
    if (marked && !generator)
        return Fault(
            failure::value_not_allowed,
            "Only a tModel whose tModelKey ends in \":keygenerator\" may be categorised as keyGenerator.");
    if (generator && !marked)
        return Fault(failure::value_not_allowed, "The tModel \"" + entity.key +
                                                     "\" must be categorised as keyGenerator "
                                                     "in " +
                                                     std::string(types_key) + ".");
    for (const Entity& child : entity.children) HUTONG_TRY(check_generator(child));
    return {};
}

}  // namespace

Awaitable<OrFault<void>> check_references(pg::Session& session, const std::vector<Entity>& entities,
                                          const std::set<std::string>& also) {
    Mentioned mentioned;
    for (const Entity& entity : entities) {
        mentioned.add(entity);
        HUTONG_CO_TRY(check_generator(entity));
    }
    HUTONG_CO_TRY(co_await check_tmodels(session, mentioned.tmodels, also));
    HUTONG_CO_TRY(co_await check_values(session, mentioned));
    co_return co_await check_keys(session, mentioned);
}

Awaitable<OrFault<void>> check_references(pg::Session& session, const std::vector<Reference>& references) {
    Mentioned mentioned;
    for (const Reference& one : references) mentioned.add(one);
    const std::set<std::string> none;
    HUTONG_CO_TRY(co_await check_tmodels(session, mentioned.tmodels, none));
    HUTONG_CO_TRY(co_await check_values(session, mentioned));
    co_return co_await check_keys(session, mentioned);
}

}  // namespace hutong::registry::uddi
