#include "registry/catalogue/entry_rows.hpp"

#include <boost/json/parse.hpp>

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/steps.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

namespace json = boost::json;

// Of what the database made: anything else is a defect.
std::vector<ResourceCategory> categories_of(std::string_view text) {
    std::vector<ResourceCategory> all;
    const json::value whole = json::parse(json::string_view(text.data(), text.size()));
    for (const json::value& one : whole.as_array())
        all.push_back({std::string(one.at("code").as_string()), std::string(one.at("name").as_string())});
    return all;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

constexpr const char* categories =
    "(select coalesce(json_agg(json_build_object('code', c.code, 'name', coalesce(c.name, '')) order by "
    "c.code), '[]')"
    " from ";

}  // namespace

std::string select_entries(const std::string& where) {
    const auto own = [](const std::string& column, const std::string& otherwise) {
        return ", coalesce(nullif(e." + column + ", ''), " + otherwise + ", '')";
    };
    return "select s.key, case when s.service is null then '' else s.org || '/' || s.service end, "
           "coalesce(s.owner, ''), coalesce(e.revision, 0)" +
           own("title", "s.name") + own("abstract", "uddi_text(s.descriptions)") + own("provider", "b.name") +
           own("contact", "''") + ", " + categories + "catalogue_themes c where c.service = s.key), " +
           categories +
           "(select r.code, v.name from catalogue_regions r left join uddi_values v on v.tmodel = "
           "'uddi:hutong:categorization:gbt2260' and v.value = r.code where r.service = s.key) c)" +
           own("identifier", "s.key") +
           own("published", "to_char(s.created at time zone 'UTC', 'YYYY-MM-DD')") + own("keywords", "''") +
           own("begins", "''") + own("ends", "''") + own("online", "''") + own("maintainer", "''") +
           ", to_char(greatest(s.modified, e.updated) at time zone 'UTC', 'YYYY-MM-DD') from uddi_entities s "
           "join "
           "uddi_entities b on b.key = s.parent left join catalogue_entries e on e.service = s.key where " +
           where;
}

std::vector<ResourceEntry> entries_of(const pg::Rows& rows, const std::string& public_url) {
    std::vector<ResourceEntry> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(i, column)); };
        ResourceEntry& entry = all.emplace_back();
        entry.key = text(0);
        entry.service = text(1);
        entry.agency = text(2);
        entry.revision = text(3);
        entry.title = text(4);
        entry.abstract = text(5);
        entry.provider = text(6);
        entry.contact = text(7);
        entry.themes = categories_of(rows.text(i, 8));
        entry.regions = categories_of(rows.text(i, 9));
        entry.identifier = text(10);
        entry.metadata_identifier = entry.key + ":metadata";
        entry.published = text(11);
        entry.keywords = lines_of(rows.text(i, 12));
        entry.begins = text(13);
        entry.ends = text(14);
        entry.online = text(15);
        if (entry.online.empty() && !entry.service.empty())
            entry.online = public_url + "/services/" + entry.service;
        entry.maintainer = text(16);
        entry.metadata_updated = text(17);
    }
    return all;
}

std::string pattern_of(const std::string& beginning) {
    std::string pattern;
    for (const char c : beginning) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

Awaitable<Result<ResourceEntry>> read_entry(pg::Session& session, std::string id, std::string public_url) {
    std::string where = "s.kind = 'service' and s.key = $1";
    pg::Params params;
    if (id.starts_with("uddi:")) {
        params.emplace_back(uddi::fold_key(id));
    } else {
        HUTONG_CO_ASSIGN(const auto names, split(id));
        where = "s.kind = 'service' and s.org = $1 and s.service = $2";
        params.emplace_back(names.first);
        params.emplace_back(names.second);
    }
    const std::string statement = select_entries(where);
    HUTONG_QUERY(rows, session, statement, std::move(params));
    if (rows.empty())
        co_return not_found(
            "the catalogue has no entry " + id +
            ": it lists what UDDI shows, and of the gateway's services those that are online");
    std::vector<ResourceEntry> found = entries_of(rows, public_url);
    co_return std::move(found.front());
}

}  // namespace hutong::registry
