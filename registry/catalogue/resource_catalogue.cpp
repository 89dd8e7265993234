#include "registry/catalogue/resource_catalogue.hpp"

#include <algorithm>
#include <array>

#include "base/coroutine.hpp"
#include "registry/catalogue/entry_rows.hpp"
#include "registry/model/search_words.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

using Column = std::vector<pg::Param>;

constexpr std::string_view digits = "0123456789";

bool is_limit(unsigned limit) {
    return limit > 0 && limit <= ResourceCatalogue::most_entries;
}

Error bad_limit() {
    return invalid("limit: 1 to " + std::to_string(ResourceCatalogue::most_entries));
}

// Whether the service of this key is shown: one saved through UDDI that its agency has completed is not,
// beside the gateway's own that it became.
std::string is_shown(const std::string& key) {
    return "not exists (select 1 from service_drafts d join uddi_entities v on v.org = d.org and v.service = "
           "d.name and v.kind = 'service' where d.key = " +
           key + " and d.completed is not null)";
}

std::vector<CategoryNode> counted(const pg::Rows& rows) {
    std::vector<CategoryNode> flat;
    for (std::size_t i = 0; i < rows.size(); ++i)
        flat.push_back({std::string(rows.text(i, 0)),
                        std::string(rows.text(i, 1)),
                        static_cast<std::uint64_t>(rows.integer(i, 2)),
                        {}});
    return flat;
}

std::string beginning_of(const std::string& code, bool region) {
    std::string begin = code;
    while (region && begin.size() > 2 && begin.size() % 2 == 0 && begin.ends_with("00"))
        begin.resize(begin.size() - 2);
    return begin;
}

// Those from `at` on that are below `begin`; `at` goes behind them.
std::vector<CategoryNode> below(const std::vector<CategoryNode>& sorted, std::size_t& at,
                                const std::string& begin, bool regions) {
    std::vector<CategoryNode> nodes;
    while (at < sorted.size()) {
        const std::string own = beginning_of(sorted[at].code, regions);
        if (!own.starts_with(begin)) break;
        CategoryNode node = sorted[at++];
        node.children = below(sorted, at, own, regions);
        for (const CategoryNode& child : node.children) node.count += child.count;
        nodes.push_back(std::move(node));
    }
    return nodes;
}

}  // namespace

std::vector<CategoryNode> tree_of(std::vector<CategoryNode> flat, bool regions) {
    std::sort(flat.begin(), flat.end(),
              [](const CategoryNode& a, const CategoryNode& b) { return a.code < b.code; });
    std::size_t at = 0;
    return below(flat, at, "", regions);
}

Awaitable<Result<EntryList>> ResourceCatalogue::list(EntryFilter filter) {
    if (!is_limit(filter.limit)) co_return bad_limit();
    if (filter.region.size() > 6 || filter.region.find_first_not_of(digits) != std::string::npos)
        co_return invalid("region: \"" + filter.region + "\" is no code of GB/T 2260, which has six digits");
    std::string where = "s.kind = 'service' and " + is_shown("s.key");
    pg::Params params;
    const auto bind = [&params](const std::string& value) {
        params.emplace_back(value);
        return "$" + std::to_string(params.size());
    };
    if (!filter.theme.empty())
        where += " and s.key in (select service from catalogue_themes where code like " +
                 bind(pattern_of(filter.theme)) + ")";
    if (!filter.region.empty())
        where += " and s.key in (select service from catalogue_regions where code like " +
                 bind(pattern_of(beginning_of(filter.region, true))) + ")";
    if (!filter.agency.empty()) where += " and s.owner = " + bind(filter.agency);
    if (!filter.after.empty()) {
        const std::string after = bind(filter.after);
        where += " and (s.name, s.key) > (coalesce((select name from uddi_entities where key = " + after +
                 "), ''), " + after + ")";
    }
    const std::string statement =
        select_entries(where) + " order by s.name, s.key limit " + std::to_string(filter.limit + 1);
    HUTONG_QUERY(rows, pool_, statement, std::move(params));
    EntryList found;
    found.entries = entries_of(rows, public_url_());
    if (found.entries.size() > filter.limit) {
        found.entries.pop_back();
        found.next = found.entries.back().key;
    }
    co_return found;
}

Awaitable<Result<ResourceEntry>> ResourceCatalogue::entry(std::string id) {
    co_return co_await read_entry(pool_, std::move(id), public_url_());
}

Awaitable<Result<std::vector<CategoryNode>>> ResourceCatalogue::themes() {
    HUTONG_QUERY(rows, pool_,
                 "select code, max(name), count(*) from catalogue_themes c where " + is_shown("c.service") +
                     " group by code");
    co_return tree_of(counted(rows), false);
}

// Provinces and prefectures above what is named are there too, so that one can go down to it.
Awaitable<Result<std::vector<CategoryNode>>> ResourceCatalogue::regions() {
    HUTONG_QUERY(
        rows, pool_,
        "with used as (select code, count(*) as number from catalogue_regions c where " +
            is_shown("c.service") +
            " group by code), codes as (select code from used union select "
            "left(code, 2) || '0000' from used union select left(code, 4) || '00' from used) select c.code, "
            "coalesce(v.name, ''), coalesce(u.number, 0) from codes c left join used u on u.code = c.code "
            "left "
            "join uddi_values v on v.tmodel = 'uddi:hutong:categorization:gbt2260' and v.value = c.code");
    co_return tree_of(counted(rows), true);
}

Awaitable<Result<std::vector<CataloguedAgency>>> ResourceCatalogue::agencies() {
    HUTONG_QUERY(
        rows, pool_,
        "select coalesce(b.owner, ''), b.key, b.name, c.number from (select parent, count(*) as number from "
        "uddi_entities s where s.kind = 'service' and " +
            is_shown("s.key") +
            " group by parent) c join uddi_entities b on b.key = c.parent order by b.name, b.key");
    std::vector<CataloguedAgency> all;
    for (std::size_t i = 0; i < rows.size(); ++i)
        all.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)),
                       std::string(rows.text(i, 2)), static_cast<std::uint64_t>(rows.integer(i, 3))});
    co_return all;
}

// Candidates come from two indexes, those by name first, so that a word which is everywhere costs no more
// than putting a thousand of each in order.
Awaitable<Result<SearchAnswer>> ResourceCatalogue::search(std::string text, unsigned limit) {
    if (!is_limit(limit)) co_return bad_limit();
    if (text.size() > most_query_bytes)
        co_return invalid("q: look for " + std::to_string(most_query_bytes) + " bytes at most");
    const SearchQuery query = search_query(text);
    if (query.words.empty())
        co_return invalid("q: \"" + text + "\" holds no word; give letters, digits or Chinese characters");
    const Column words(query.words.begin(), query.words.end());
    const Column phrases(query.phrases.begin(), query.phrases.end());
    const std::string whole =
        " and not exists (select 1 from unnest($2::text[]) p where strpos(d.text, p) = 0)";
    const std::string most = " limit " + std::to_string(most_candidates) + ")";
    HUTONG_QUERY(
        rows, pool_,
        "with hits as ((select service from search_documents d where d.name_words @> $1::text[]" + whole +
            most + " union (select service from search_documents d where d.words @> $1::text[]" + whole +
            most +
            "), ranked as (select d.service, case when d.name_words @> $1::text[] then 1 when "
            "d.operation_words @> "
            "$1::text[] then 2 when d.element_words @> $1::text[] then 3 else 4 end as rank from hits join "
            "search_documents d using (service)) select s.key, case when s.service is null then '' else "
            "s.org || '/' "
            "|| s.service end, coalesce(s.owner, ''), coalesce(nullif(e.title, ''), s.name), "
            "coalesce(nullif(e.abstract, ''), uddi_text(s.descriptions)), r.rank from ranked r join "
            "uddi_entities s "
            "on s.key = r.service left join catalogue_entries e on e.service = r.service where " +
            is_shown("r.service") + " order by r.rank, s.name, s.key limit $3",
        with(pg::array(words), pg::array(phrases), std::to_string(limit + 1)));
    constexpr std::array parts{"name", "operation", "element", "description"};
    SearchAnswer answer;
    for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), limit); ++i)
        answer.hits.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)),
                               std::string(rows.text(i, 2)), std::string(rows.text(i, 3)),
                               std::string(rows.text(i, 4)),
                               parts.at(static_cast<std::size_t>(rows.integer(i, 5)) - 1)});
    answer.truncated = rows.size() > limit;
    co_return answer;
}

}  // namespace hutong::registry
