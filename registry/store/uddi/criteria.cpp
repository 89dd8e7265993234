#include "registry/store/uddi/criteria.hpp"

#include <algorithm>
#include <map>

#include "base/pg/sql.hpp"

namespace hutong::registry::uddi {

namespace {

using Keys = Qualifiers::Keys;
using Categories = Qualifiers::Categories;
using Order = Qualifiers::Order;

constexpr std::string_view general_keywords = "uddi:uddi.org:categorization:general_keywords";

using Sets = std::vector<std::string>;  // selects that each give one column of keys

std::string joined(const Sets& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : std::string(between)) + part;
    return text;
}

std::string all_of(const Sets& sets) {
    std::string text;
    for (const std::string& set : sets) text += " and e.key in (" + set + ")";
    return text;
}

std::string any_of(const Sets& sets) {
    return sets.empty() ? std::string() : " and e.key in (" + joined(sets, " union all ") + ")";
}

// LIKE's pattern must not end in its escape character.
std::string pattern(std::string asked) {
    std::size_t backslashes = 0;
    while (backslashes < asked.size() && asked[asked.size() - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 1) asked.push_back('\\');
    return asked;
}

std::string is_reference(Statement& statement, const Qualifiers& qualifiers, const std::string& alias,
                         const Reference& asked) {
    std::string text = alias + ".tmodel = " + statement.bind(asked.tmodel) + " and " +
                       matches(statement, qualifiers, alias + ".value", alias + ".folded", asked.value);
    // keyName counts for general_keywords alone (section 5.1.7, about keyedReferences).
    if (asked.tmodel == general_keywords)
        text += " and " +
                matches(statement, qualifiers, alias + ".name", "uddi_fold(" + alias + ".name)", asked.name);
    return text;
}

// Which entities a row of uddi_references counts for.
struct Reach {
    std::string column{"r.entity"};
    std::string condition;
    bool projections{false};
};

Reach reach_of(const Find& find) {
    // Nothing is below a binding or a tModel: there the qualifiers about levels change nothing.
    const bool levels = find.kind == Kind::business || find.kind == Kind::service;
    if (!levels || find.qualifiers.categories == Categories::own) return {};
    Reach reach;
    reach.column = find.kind == Kind::business ? "r.business" : "r.service";
    reach.projections = find.kind == Kind::business && !find.qualifiers.suppress_projections;
    if (find.qualifiers.categories == Categories::of_services) reach.condition = " and r.kind = 'service'";
    if (find.qualifiers.categories == Categories::of_bindings) reach.condition = " and r.kind = 'binding'";
    return reach;
}

std::string keys_where(const Reach& reach, Bag bag, const std::string& condition) {
    const std::string where =
        " where r.bag = '" + std::string(to_string(bag)) + "' and " + condition + reach.condition;
    std::string text = "select " + reach.column + " from uddi_references r" + where;
    if (reach.projections)
        text +=
            " union all select p.business from uddi_references r join uddi_projections p "
            "on p.service = r.service" +
            where;
    return text;
}

struct Asked {
    std::string tmodel;  // what orLikeKeys puts together by
    std::string set;
};

std::vector<Asked> identifier_sets(Statement& statement, const Find& find) {
    std::vector<Asked> sets;
    for (const Reference& one : find.bags.identifiers)
        sets.push_back({one.tmodel,
                        keys_where({}, Bag::identifier, is_reference(statement, find.qualifiers, "r", one))});
    return sets;
}

std::vector<Asked> category_sets(Statement& statement, const Find& find) {
    const Reach reach = reach_of(find);
    std::vector<Asked> sets;
    std::map<unsigned, std::vector<const Reference*>> groups;
    for (const Reference& one : find.bags.categories) {
        if (one.group)
            groups[*one.group].push_back(&one);
        else
            sets.push_back({one.tmodel, keys_where(reach, Bag::category,
                                                   "r.grouped is null and " +
                                                       is_reference(statement, find.qualifiers, "r", one))});
    }
    for (const auto& [number, members] : groups) {
        const std::string& key = members.front()->group_key;
        std::string condition = "r.group_key = " + statement.bind(key) + " and " +
                                is_reference(statement, find.qualifiers, "r", *members.front());
        for (std::size_t i = 1; i < members.size(); ++i)
            condition +=
                " and exists (select 1 from uddi_references m where m.entity = r.entity and m.bag = r.bag "
                "and m.grouped = r.grouped and " +
                is_reference(statement, find.qualifiers, "m", *members[i]) + ")";
        sets.push_back({key, keys_where(reach, Bag::category, condition)});
    }
    for (const std::string& key : find.bags.empty_groups)
        sets.push_back({key, keys_where(reach, Bag::category, "r.group_key = " + statement.bind(key))});
    return sets;
}

Sets plain(const std::vector<Asked>& asked) {
    Sets sets;
    for (const Asked& one : asked) sets.push_back(one.set);
    return sets;
}

std::string or_like(const std::vector<Asked>& asked) {
    std::map<std::string, Sets> by_tmodel;
    for (const Asked& one : asked) by_tmodel[one.tmodel].push_back(one.set);
    std::string text;
    for (const auto& [tmodel, sets] : by_tmodel) text += any_of(sets);
    return text;
}

// The fingerprint: bindings with all of the tModels, or with any.
Sets tmodel_sets(Statement& statement, const Find& find) {
    if (find.tmodels.empty()) return {};
    const std::string column = find.kind == Kind::business  ? "business"
                               : find.kind == Kind::service ? "service"
                                                            : "binding";
    Sets conditions;
    if (find.qualifiers.keys == Keys::or_all) {
        std::string list;
        for (const std::string& key : find.tmodels) list += (list.empty() ? "" : ", ") + statement.bind(key);
        conditions.push_back("i.tmodel in (" + list + ")");
    } else {
        conditions.push_back("i.tmodel = " + statement.bind(find.tmodels.front()));
        for (std::size_t k = 1; k < find.tmodels.size(); ++k)
            conditions.push_back(
                "exists (select 1 from uddi_instances j where j.binding = i.binding and j.tmodel = " +
                statement.bind(find.tmodels[k]) + ")");
    }
    const std::string where = " where " + joined(conditions, " and ");
    std::string set = "select i." + column + " from uddi_instances i" + where;
    if (find.kind == Kind::business && !find.qualifiers.suppress_projections)
        set +=
            " union all select p.business from uddi_instances i join uddi_projections p on p.service = "
            "i.service" +
            where;
    return {set};
}

// Of a pattern, before its first wildcard (section 5.1.6).
std::string beginning(std::string_view pattern) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size() && pattern[i] != '%' && pattern[i] != '_'; ++i) {
        if (pattern[i] == '\\' && ++i == pattern.size()) break;
        text += pattern[i];
    }
    return text;
}

// Whether names and values are compared in their coarsest form first.
bool is_coarse(const Qualifiers& qualifiers) {
    return qualifiers.case_insensitive || qualifiers.diacritic_insensitive;
}

// Which names are looked at.
std::string names_from(Statement& statement, const Find& find, const Name& name, NamesBy by) {
    const std::string kind = "'" + std::string(to_string(find.kind)) + "'";
    if (by == NamesBy::pattern) return "uddi_names n where n.kind = " + kind + " and ";
    return "uddi_names_from(" + kind + ", " + statement.bind(beginning(name.text)) + ", " +
           (is_coarse(find.qualifiers) ? "true" : "false") + ") n where ";
}

std::string name_condition(Statement& statement, const Find& find, NamesBy by) {
    if (find.names.empty()) return {};
    Sets any;
    for (const Name& name : find.names) {
        std::string one = matches(statement, find.qualifiers, "n.name", "n.folded", name.text);
        if (!name.lang.empty()) {
            const std::string lang = statement.bind(name.lang);
            one += " and (n.lang = " + lang + " or n.lang like " + lang + " || '-%')";
        }
        any.push_back("select n.entity from " + names_from(statement, find, name, by) + one);
    }
    return any_of(any);
}

std::string url_condition(Statement& statement, const Find& find) {
    Sets any;
    for (const DiscoveryUrl& one : find.discovery_urls) {
        const std::string url = statement.bind(one.url);
        std::string set = "select u.entity from uddi_discovery_urls u where md5(u.url) = md5(" + url +
                          ") and u.url = " + url;
        if (!one.use_type.empty()) set += " and u.use_type = " + statement.bind(one.use_type);
        any.push_back(std::move(set));
    }
    return any_of(any);
}

std::string related_condition(Statement& statement, const Find& find) {
    if (!find.related) return {};
    const RelatedTo& related = *find.related;
    const std::string key = statement.bind(related.key);
    const std::string which = relationship_condition(statement, related);
    Sets any;
    if (related.as_from)
        any.push_back("select a.to_key from uddi_assertions a where a.from_key = " + key + which);
    if (related.as_to)
        any.push_back("select a.from_key from uddi_assertions a where a.to_key = " + key + which);
    return any_of(any);
}

std::string within_condition(Statement& statement, const Find& find) {
    if (find.within.empty()) return {};
    const std::string key = statement.bind(find.within);
    if (find.kind != Kind::service || find.qualifiers.suppress_projections) return " and e.parent = " + key;
    return " and e.key in (select s.key from uddi_entities s where s.parent = " + key +
           " union all select p.service from uddi_projections p where p.business = " + key + ")";
}

constexpr std::string_view has_signature =
    " and (e.signed or exists (select 1 from uddi_entities a left join uddi_entities b on b.key = a.parent "
    "where a.key = e.parent and (a.signed or b.signed)))";

std::string bag_conditions(Statement& statement, const Find& find) {
    const std::vector<Asked> identifiers = identifier_sets(statement, find);
    const std::vector<Asked> categories = category_sets(statement, find);
    const Sets tmodels = tmodel_sets(statement, find);
    switch (find.qualifiers.keys) {
        case Keys::or_all: {
            Sets both = plain(categories);
            both.insert(both.end(), tmodels.begin(), tmodels.end());
            return any_of(plain(identifiers)) + any_of(both);
        }
        case Keys::or_like:
            return or_like(identifiers) + or_like(categories) + all_of(tmodels);
        case Keys::and_all:
            return all_of(plain(identifiers)) + all_of(plain(categories)) + all_of(tmodels);
        case Keys::standard:
            break;
    }
    return any_of(plain(identifiers)) + all_of(plain(categories)) + all_of(tmodels);
}

}  // namespace

std::string matches(Statement& statement, const Qualifiers& qualifiers, const std::string& column,
                    const std::string& folded, const std::string& asked) {
    const bool coarse = is_coarse(qualifiers);
    if (!qualifiers.approximate) {
        const std::string value = statement.bind(asked);
        if (!coarse) return column + " = " + value;
        std::string text = folded + " = uddi_fold(" + value + ")";
        if (!qualifiers.diacritic_insensitive)
            text += " and uddi_lower(" + column + ") = uddi_lower(" + value + ")";
        if (!qualifiers.case_insensitive)
            text += " and uddi_plain(" + column + ") = uddi_plain(" + value + ")";
        return text;
    }
    const std::string value = statement.bind(pattern(asked));
    const bool open = asked.starts_with('%') || asked.starts_with('_');
    // Only the coarsest form has trigrams; a pattern with a beginning is better served by its own prefix.
    if (!coarse && !open) return column + " like " + value;
    std::string text = folded + " like uddi_fold(" + value + ")";
    if (!coarse) return text + " and " + column + " like " + value;
    if (!qualifiers.diacritic_insensitive)
        text += " and uddi_lower(" + column + ") like uddi_lower(" + value + ")";
    if (!qualifiers.case_insensitive)
        text += " and uddi_plain(" + column + ") like uddi_plain(" + value + ")";
    return text;
}

bool begins_telling(const Find& find) {
    return find.qualifiers.approximate && find.names.size() == 1 &&
           !beginning(find.names.front().text).empty();
}

std::string relationship_condition(Statement& statement, const RelatedTo& related) {
    std::string text = " and a.by_from and a.by_to";
    if (related.relationship)
        text += " and a.tmodel = " + statement.bind(related.relationship->tmodel) + " and " +
                matches(statement, related.qualifiers, "a.value", "uddi_fold(a.value)",
                        related.relationship->value);
    return text;
}

std::string conditions(Statement& statement, const Find& find, NamesBy by) {
    std::string text = "e.kind = '" + std::string(to_string(find.kind)) + "'";
    if (find.kind == Kind::tmodel) text += " and not e.hidden";
    text += within_condition(statement, find) + name_condition(statement, find, by) +
            bag_conditions(statement, find) + url_condition(statement, find) +
            related_condition(statement, find);
    if (find.qualifiers.signature_present) text += has_signature;
    if (!find.keys.empty()) {
        const std::vector<pg::Param> keys(find.keys.begin(), find.keys.end());
        text += " and e.key = any(" + statement.bind(pg::array(keys)) + "::text[])";
    }
    if (!find.changed_from.empty())
        text += " and e.modified_below >= " + statement.bind(find.changed_from) + "::timestamptz";
    if (!find.changed_until.empty())
        text += " and e.modified_below <= " + statement.bind(find.changed_until) + "::timestamptz";
    return text;
}

std::string order(const Find& find) {
    const Qualifiers& q = find.qualifiers;
    const auto directed = [](Order order) { return order == Order::descending ? " desc, " : ", "; };
    std::string text;
    const bool named = find.kind != Kind::binding;
    if (named && (q.by_name != Order::none || q.by_date == Order::none)) {
        switch (q.collation) {
            case Qualifiers::Collation::binary:
                text = "e.name";
                break;
            case Qualifiers::Collation::case_insensitive:
                text = "uddi_lower(e.name)";
                break;
            case Qualifiers::Collation::unicode:
                text = "e.name collate \"und-x-icu\"";
        }
        text += directed(q.by_name);
    }
    if (q.by_date != Order::none) text += "e.modified_below" + std::string(directed(q.by_date));
    if (!named) text += "e.parent, e.position, ";
    return text + "e.key";
}

}  // namespace hutong::registry::uddi
