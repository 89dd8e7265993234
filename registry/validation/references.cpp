#include "registry/validation/references.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/coroutine.hpp"
#include "registry/model/uddi/keys.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/store/sql.hpp"
#include "registry/validation/canonical.hpp"
#include "registry/validation/values.hpp"

namespace hutong::registry::uddi {

namespace {

// Value sets whose values are keys of entities (uddi-org:types entityKeyValues), and of which kinds
// (section 11.1, and the technical note on WSDL).
struct KeySet {
    std::string_view tmodel;
    std::string_view kinds;  // as the database has them, parted by blanks
    std::string_view told;
};
constexpr std::array key_sets{
    KeySet{"uddi:uddi.org:identifier:isreplacedby", "business tmodel", "a businessEntity or a tModel"},
    KeySet{"uddi:uddi.org:categorization:owningbusiness", "business", "a businessEntity"},
    KeySet{"uddi:uddi.org:categorization:derivedfrom", "tmodel", "a tModel"},
    KeySet{"uddi:uddi.org:categorization:validatedby", "binding", "a bindingTemplate"},
    KeySet{"uddi:uddi.org:wsdl:categorization:protocol", "tmodel", "a tModel"},
    KeySet{"uddi:uddi.org:wsdl:categorization:transport", "tmodel", "a tModel"},
    KeySet{"uddi:uddi.org:wsdl:porttypereference", "tmodel", "a tModel"},
};

const KeySet* key_set(std::string_view tmodel) {
    const auto found = std::ranges::find(key_sets, tmodel, &KeySet::tmodel);
    return found == key_sets.end() ? nullptr : &*found;
}

// An entity that gets its key from the registry is known to its publisher by its name.
std::string place_in(const Entity& entity, std::string_view part) {
    std::string place = "the " + std::string(part) + " of the " + std::string(element_of(entity.kind)) +
                        " \"" + entity.key + "\"";
    if (!entity.name_rows.empty()) place += " (" + entity.name_rows.front().text + ")";
    return place;
}

// What is referred to, each with the first place where it is, for faults.
struct Mentioned {
    std::map<std::string, std::string> tmodels;
    std::map<SetAndValue, std::string> values;
    std::map<SetAndValue, std::string> keys;  // value set and the key that is its value
    std::set<std::string> value_sets;         // the tModels of keyedReferences

    void add(const Reference& reference, const std::string& place) {
        tmodels.try_emplace(reference.tmodel, place);
        value_sets.insert(reference.tmodel);
        if (!reference.group_key.empty()) tmodels.try_emplace(reference.group_key, place);
        const bool key = key_set(reference.tmodel) != nullptr;
        (key ? keys : values).try_emplace({reference.tmodel, reference.value}, place);
    }
    void add(const std::vector<Reference>& references, const std::string& place) {
        for (const Reference& one : references) add(one, place);
    }
    void add(const std::vector<std::string>& keys_of_tmodels, const std::string& place) {
        for (const std::string& key : keys_of_tmodels) tmodels.try_emplace(key, place);
    }
    void add(const Entity& entity) {
        const std::string categories = place_in(entity, "categoryBag");
        add(entity.bags.categories, categories);
        add(entity.bags.empty_groups, categories);
        add(entity.bags.identifiers, place_in(entity, "identifierBag"));
        add(entity.instances, place_in(entity, "tModelInstanceDetails"));
        add(entity.other_tmodels, place_in(entity, "addresses"));
        for (const Entity& child : entity.children) add(child);
    }
};

Awaitable<OrFault<void>> check_tmodels(pg::Session& session, const Mentioned& mentioned,
                                       const std::set<std::string>& also) {
    std::vector<pg::Param> tmodels, value_sets;
    for (const auto& [key, place] : mentioned.tmodels)
        if (!also.contains(key)) tmodels.emplace_back(key);
    if (tmodels.empty()) co_return OrFault<void>();
    for (const std::string& key : mentioned.value_sets) value_sets.emplace_back(key);
    HUTONG_QUERY(
        wrong, session,
        "select k, t.key is null from unnest($1::text[]) k left join uddi_entities t on t.key = k and t.kind "
        "= 'tmodel' where t.key is null or (k = any($2::text[]) and exists (select 1 from uddi_references r "
        "where r.entity = k and r.tmodel = $3 and r.value = 'unvalidatable')) order by 2 desc limit 1",
        with(pg::array(tmodels), pg::array(value_sets), std::string(types_key)));
    if (wrong.empty()) co_return OrFault<void>();
    const std::string key(wrong.text(0, 0));
    const std::string place = " (in " + mentioned.tmodels.at(key) + ").";
    if (wrong.boolean(0, 1))
        co_return Fault(failure::invalid_key,
                        "The tModelKey \"" + key + "\" is not known in this registry" + place, "tModelKey");
    co_return Fault(failure::unvalidatable,
                    "The value set \"" + key +
                        "\" takes no keyedReferences: its tModel is categorised as unvalidatable" + place,
                    "tModelKey");
}

Awaitable<OrFault<void>> check_values(pg::Session& session, const Mentioned& mentioned) {
    std::set<SetAndValue> values;
    for (const auto& [value, place] : mentioned.values) values.insert(value);
    HUTONG_CO_ASSIGN(const auto wrong, co_await wrong_value(session, std::move(values)));
    if (!wrong) co_return OrFault<void>();
    co_return Fault(failure::invalid_value, "\"" + wrong->second + "\" is no value of the value set " +
                                                wrong->first + " (in " + mentioned.values.at(*wrong) + ").");
}

Awaitable<OrFault<void>> check_keys(pg::Session& session, const Mentioned& mentioned,
                                    const std::set<std::string>& also) {
    std::vector<pg::Param> sets, values, kinds;
    for (const auto& [key, place] : mentioned.keys) {
        const std::string_view of = key_set(key.first)->kinds;
        if (of.find("tmodel") != std::string_view::npos && also.contains(fold_key(key.second))) continue;
        sets.emplace_back(key.first);
        values.emplace_back(key.second);
        kinds.emplace_back(std::string(of));
    }
    if (sets.empty()) co_return OrFault<void>();
    HUTONG_QUERY(
        wrong, session,
        "select u.t, u.v from unnest($1::text[], $2::text[], $3::text[]) u (t, v, k) where not exists "
        "(select 1 from uddi_entities where key = lower(u.v) and kind = any(string_to_array(u.k, ' '))) "
        "limit 1",
        with(pg::array(sets), pg::array(values), pg::array(kinds)));
    if (wrong.empty()) co_return OrFault<void>();
    const SetAndValue key(wrong.text(0, 0), wrong.text(0, 1));
    co_return Fault(failure::invalid_value, "A value of " + key.first + " must be the key of " +
                                                std::string(key_set(key.first)->told) + " here, which \"" +
                                                key.second + "\" is not (in " + mentioned.keys.at(key) +
                                                ").");
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

Awaitable<OrFault<void>> check(pg::Session& session, const Mentioned& mentioned,
                               const std::set<std::string>& also) {
    HUTONG_CO_TRY(co_await check_tmodels(session, mentioned, also));
    HUTONG_CO_TRY(co_await check_values(session, mentioned));
    co_return co_await check_keys(session, mentioned, also);
}

}  // namespace

Awaitable<OrFault<void>> check_references(pg::Session& session, const std::vector<Entity>& entities,
                                          const std::set<std::string>& also) {
    Mentioned mentioned;
    for (const Entity& entity : entities) {
        mentioned.add(entity);
        HUTONG_CO_TRY(check_generator(entity));
    }
    co_return co_await check(session, mentioned, also);
}

Awaitable<OrFault<void>> check_references(pg::Session& session,
                                          const std::vector<LoneReference>& references) {
    Mentioned mentioned;
    for (const LoneReference& one : references) mentioned.add(one.reference, one.place);
    const std::set<std::string> none;
    co_return co_await check(session, mentioned, none);
}

}  // namespace hutong::registry::uddi
