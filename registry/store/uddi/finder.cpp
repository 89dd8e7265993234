#include "registry/store/uddi/finder.hpp"

#include <algorithm>

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/store/sql.hpp"
#include "registry/store/uddi/criteria.hpp"

namespace hutong::registry::uddi {

namespace {

unsigned most_of(const Window& window) {
    return std::min(window.most.value_or(most_rows), most_rows);
}

// The page is cut from narrow rows, so that what many results say at length is read for the page alone.
std::string page_statement(Statement& statement, const Find& asked, NamesBy by) {
    const std::string limit = statement.bind(std::to_string(most_of(asked.window)));
    const std::string offset = statement.bind(std::to_string(asked.window.head - 1));
    const std::string where = conditions(statement, asked, by);
    const std::string sorted = order(asked);
    return "with hits as (select e.key, e.parent, e.position, e.name, e.modified_below from uddi_entities e "
           "where " +
           where + "), page as (select e.* from hits e order by " + sorted + " limit " + limit +
           "::int offset " + offset +
           "::int) select e.key, e.parent, t.names, t.descriptions, (select count(*) from hits) from page e "
           "join uddi_entities t on t.key = e.key order by " +
           sorted;
}

// A key of the criteria, of what kind of entity it has to be, and where it stands.
struct KeyAsked {
    std::string key;
    Kind kind;
    std::string place;
};

std::vector<KeyAsked> keys_asked(const Find& asked) {
    std::vector<KeyAsked> keys;
    for (const std::string& key : asked.tmodels) keys.push_back({key, Kind::tmodel, "of the tModelBag"});
    const Kind above = asked.kind == Kind::service ? Kind::business : Kind::service;
    if (!asked.within.empty())
        keys.push_back({asked.within, above,
                        "of " + std::string(above == Kind::business ? "find_service" : "find_binding")});
    if (asked.related) keys.push_back({asked.related->key, Kind::business, "of find_relatedBusinesses"});
    return keys;
}

// Keys that the criteria name and no such entity has make a find an error and not an empty list.
Awaitable<OrFault<void>> check_keys(pg::Session& session, const Find& asked) {
    const std::vector<KeyAsked> all = keys_asked(asked);
    if (all.empty()) co_return OrFault<void>();
    std::vector<pg::Param> keys, kinds;
    for (const KeyAsked& one : all) {
        keys.emplace_back(one.key);
        kinds.emplace_back(std::string(to_string(one.kind)));
    }
    HUTONG_QUERY(
        unknown, session,
        "select u.n - 1 from unnest($1::text[], $2::text[]) with ordinality u (k, kind, n) where not "
        "exists (select 1 from uddi_entities where key = u.k and kind = u.kind) order by 1 limit 1",
        with(pg::array(keys), pg::array(kinds)));
    if (unknown.empty()) co_return OrFault<void>();
    const KeyAsked& one = all.at(static_cast<std::size_t>(unknown.integer(0, 0)));
    const std::string name(key_name_of(one.kind));
    co_return Fault(failure::invalid_key,
                    "The " + name + " \"" + one.key + "\" " + one.place + " is that of no " +
                        std::string(element_of(one.kind)) + " in this registry.",
                    name);
}

// Where all criteria must hold, a result says that their keys are there; with orAllKeys another key may have
// found it.
bool proves_its_keys(const Find& asked, const pg::Rows& rows) {
    return !rows.empty() && (asked.tmodels.empty() || asked.qualifiers.keys != Qualifiers::Keys::or_all);
}

// The serviceInfos of the businesses on the page; of subsets only the services that matched
// (section 5.1.4.3).
Awaitable<OrFault<void>> add_services(pg::Session& session, const Find& asked, Found& found) {
    if (found.hits.empty()) co_return OrFault<void>();
    Statement statement;
    std::vector<pg::Param> keys;
    for (const Hit& hit : found.hits) keys.emplace_back(hit.key);
    const std::string businesses = statement.bind(pg::array(keys));
    std::string only;
    using Categories = Qualifiers::Categories;
    const auto subset = asked.qualifiers.categories;
    if (subset == Categories::of_services || subset == Categories::of_bindings) {
        Find services;
        services.kind = Kind::service;
        services.bags.categories = asked.bags.categories;
        services.bags.empty_groups = asked.bags.empty_groups;
        services.qualifiers = asked.qualifiers;
        services.qualifiers.keys = Qualifiers::Keys::or_all;  // those that match on one of the categories
        services.qualifiers.categories = subset == Categories::of_services ? Categories::own : subset;
        services.qualifiers.signature_present = false;
        only = " and " + conditions(statement, services);
    }
    std::string sql =
        "select e.parent, e.key, e.parent, e.names, e.position, 0 from uddi_entities e where e.parent = "
        "any(" +
        businesses + "::text[])" + only;
    if (!asked.qualifiers.suppress_projections)
        sql +=
            " union all select p.business, e.key, e.parent, e.names, p.position, 1 from uddi_projections p "
            "join uddi_entities e on e.key = p.service where p.business = any(" +
            businesses + "::text[])" + only;
    sql += " order by 1, 6, 5, 2";
    HUTONG_QUERY(rows, session, std::move(sql), statement.take());
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (Hit& hit : found.hits)
            if (hit.key == rows.text(i, 0))
                hit.services += "<serviceInfo" + attribute("serviceKey", rows.text(i, 1)) +
                                attribute("businessKey", rows.text(i, 2)) + ">" +
                                std::string(rows.text(i, 3)) + "</serviceInfo>";
    co_return OrFault<void>();
}

// The embedded find_tModel's keys, added to the bag (section 5.1.9).
Awaitable<OrFault<std::vector<std::string>>> embedded(pg::Session& session, const Find& asked) {
    Find inner = asked;
    inner.window = {};
    HUTONG_CO_ASSIGN(const Found found, co_await find(session, inner));
    if (found.total > most_embedded_rows)
        co_return Fault(
            failure::result_set_too_large,
            "The embedded find_tModel finds " + std::to_string(found.total) + " tModels; narrow it.");
    std::vector<std::string> keys;
    for (const Hit& hit : found.hits) keys.push_back(hit.key);
    co_return keys;
}

Awaitable<OrFault<pg::Rows>> page(pg::Session& session, const Find& asked) {
    if (begins_telling(asked)) {
        Statement narrow;
        std::string sql = page_statement(narrow, asked, NamesBy::beginning);
        HUTONG_QUERY(rows, session, std::move(sql), narrow.take());
        if (!rows.empty()) co_return rows;
        // There is nothing, or too much begins so.
    }
    Statement statement;
    std::string sql = page_statement(statement, asked, NamesBy::pattern);
    HUTONG_QUERY(rows, session, std::move(sql), statement.take());
    co_return rows;
}

}  // namespace

Awaitable<OrFault<Found>> find(pg::Session& session, const Find& given) {
    Find asked = given;
    Found found;
    found.head = asked.window.head;
    if (asked.tmodels_found) {
        HUTONG_CO_ASSIGN(const auto keys, co_await embedded(session, *asked.tmodels_found));
        if (keys.empty() && asked.tmodels.empty()) {
            HUTONG_CO_TRY(co_await check_keys(session, given));
            co_return found;
        }
        asked.tmodels.insert(asked.tmodels.end(), keys.begin(), keys.end());
    }
    HUTONG_CO_ASSIGN(const pg::Rows rows, co_await page(session, asked));
    for (std::size_t i = 0; i < rows.size(); ++i)
        found.hits.push_back({std::string(rows.text(i, 0)),
                              std::string(rows.text(i, 1)),
                              std::string(rows.text(i, 2)),
                              std::string(rows.text(i, 3)),
                              {}});
    if (!proves_its_keys(given, rows)) HUTONG_CO_TRY(co_await check_keys(session, given));
    if (!rows.empty()) {
        found.total = static_cast<unsigned>(rows.integer(0, 4));
    } else if (asked.window.head > 1 || asked.window.most == 0u) {
        // Beyond the end, or nothing asked for: the number counts all the same.
        Statement count;
        const std::string where = conditions(count, asked);
        HUTONG_QUERY(number, session, "select count(*) from uddi_entities e where " + where, count.take());
        found.total = static_cast<unsigned>(number.integer(0, 0));
    }
    if (asked.kind == Kind::business) HUTONG_CO_TRY(co_await add_services(session, asked, found));
    co_return found;
}

Awaitable<OrFault<std::vector<std::string>>> matching_keys(pg::Session& session, const Find& given) {
    Find asked = given;
    std::vector<std::string> keys;
    if (asked.tmodels_found) {
        HUTONG_CO_ASSIGN(const auto found, co_await embedded(session, *asked.tmodels_found));
        if (found.empty() && asked.tmodels.empty()) co_return keys;
        asked.tmodels.insert(asked.tmodels.end(), found.begin(), found.end());
    }
    Statement statement;
    const std::string where = conditions(statement, asked);
    HUTONG_QUERY(
        rows, session,
        "select e.key from uddi_entities e where " + where + " limit " + std::to_string(most_matches + 1),
        statement.take());
    if (rows.size() > most_matches)
        co_return Fault(failure::result_set_too_large,
                        "More than " + std::to_string(most_matches) + " entities match; narrow the filter.");
    for (std::size_t i = 0; i < rows.size(); ++i) keys.emplace_back(rows.text(i, 0));
    co_return keys;
}

namespace {

std::string reference_text(const pg::Rows& rows, std::size_t row, std::size_t column) {
    return "<keyedReference" + attribute("tModelKey", rows.text(row, column)) +
           attribute("keyName", rows.text(row, column + 1)) +
           attribute("keyValue", rows.text(row, column + 2)) + "/>";
}

struct Relations {
    std::string key, names, descriptions;
    std::string by_from, from_assertions;  // the business asked about is the fromKey
    std::string by_to, to_assertions;

    std::string text() const {
        const auto shared = [](std::string_view direction, const std::string& references,
                               const std::string& assertions) {
            return references.empty() ? std::string()
                                      : "<sharedRelationships" + attribute("direction", direction) + ">" +
                                            references + assertions + "</sharedRelationships>";
        };
        return "<relatedBusinessInfo>" + element("businessKey", key) + names + descriptions +
               shared("fromKey", by_from, from_assertions) + shared("toKey", by_to, to_assertions) +
               "</relatedBusinessInfo>";
    }
};

}  // namespace

Awaitable<OrFault<RelatedFound>> find_related(pg::Session& session, const RelatedTo& asked) {
    Statement statement;
    const std::string key = statement.bind(asked.key);
    std::string which = asked.as_from && asked.as_to ? "(a.from_key = " + key + " or a.to_key = " + key + ")"
                        : asked.as_from              ? "a.from_key = " + key
                                                     : "a.to_key = " + key;
    which += relationship_condition(statement, asked);
    Find as_businesses;
    as_businesses.kind = Kind::business;
    as_businesses.qualifiers = asked.qualifiers;
    std::string sql =
        "select e.key, e.names, e.descriptions, a.from_key, a.to_key, a.tmodel, a.name, a.value, "
        "a.signatures "
        "from uddi_assertions a join uddi_entities e on e.key = case when a.from_key = " +
        key + " then a.to_key else a.from_key end where " + which + " order by " + order(as_businesses) +
        ", a.tmodel, a.name, a.value";
    HUTONG_QUERY(rows, session, std::move(sql), statement.take());
    if (rows.empty()) {
        HUTONG_QUERY(known, session, "select 1 from uddi_entities where key = $1 and kind = 'business'",
                     with(asked.key));
        if (known.empty())
            co_return Fault(failure::invalid_key,
                            "There is no businessEntity with the key \"" + asked.key + "\".", "businessKey");
    }
    std::vector<Relations> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (all.empty() || all.back().key != rows.text(i, 0))
            all.push_back({std::string(rows.text(i, 0)),
                           std::string(rows.text(i, 1)),
                           std::string(rows.text(i, 2)),
                           {},
                           {},
                           {},
                           {}});
        Relations& one = all.back();
        const bool from = rows.text(i, 3) == asked.key;
        const std::string reference = reference_text(rows, i, 5);
        (from ? one.by_from : one.by_to) += reference;
        if (!rows.text(i, 8).empty())
            (from ? one.from_assertions : one.to_assertions) +=
                "<publisherAssertion>" + element("fromKey", rows.text(i, 3)) +
                element("toKey", rows.text(i, 4)) + reference + std::string(rows.text(i, 8)) +
                "</publisherAssertion>";
    }
    RelatedFound found;
    found.head = asked.window.head;
    found.total = static_cast<unsigned>(all.size());
    const unsigned most = most_of(asked.window);
    for (std::size_t i = found.head - 1; i < all.size() && found.count < most; ++i, ++found.count)
        found.infos += all[i].text();
    co_return found;
}

}  // namespace hutong::registry::uddi
