#include "gateway/main/api/catalogue_json.hpp"

#include <boost/json/array.hpp>

namespace hutong::api {

namespace json = boost::json;

namespace {

void add_categories(json::array& all, std::string_view standard,
                    const std::vector<registry::ResourceCategory>& categories) {
    for (const registry::ResourceCategory& one : categories)
        all.push_back(json::object{{"cateStd", standard}, {"cateName", one.name}, {"cateCode", one.code}});
}

void put(json::object& object, std::string_view name, const std::string& text) {
    if (!text.empty()) object[name] = text;
}

}  // namespace

json::object told(const registry::ResourceEntry& entry) {
    json::array categories;
    add_categories(categories, "GB/T 21063.4", entry.themes);
    add_categories(categories, "GB/T 2260", entry.regions);
    json::object said{{"key", entry.key},
                      {"service", entry.service},
                      {"agency", entry.agency},
                      {"revision", entry.revision},
                      {"resTitle", entry.title},
                      {"abstract", entry.abstract},
                      {"idPoC", {{"rpOrgName", entry.provider}, {"contact", entry.contact}}},
                      {"tpCat", std::move(categories)},
                      {"resID", entry.identifier},
                      {"mdID", entry.metadata_identifier}};
    put(said, "pubDate", entry.published);
    if (!entry.keywords.empty()) said["descKeys"] = json::array(entry.keywords.begin(), entry.keywords.end());
    if (!entry.begins.empty() || !entry.ends.empty()) {
        json::object range;
        put(range, "begin", entry.begins);
        put(range, "end", entry.ends);
        said["dataTime"] = std::move(range);
    }
    put(said, "onLineSrc", entry.online);
    put(said, "mdContact", entry.maintainer);
    put(said, "mdDateUpd", entry.metadata_updated);
    return said;
}

json::object told(const registry::EntryList& list) {
    json::array entries;
    for (const registry::ResourceEntry& entry : list.entries) entries.push_back(told(entry));
    json::object said{{"entries", std::move(entries)}};
    put(said, "next", list.next);
    return said;
}

json::array told(const std::vector<registry::CategoryNode>& nodes) {
    json::array all;
    for (const registry::CategoryNode& node : nodes)
        all.push_back(json::object{{"code", node.code},
                                   {"name", node.name},
                                   {"count", node.count},
                                   {"children", told(node.children)}});
    return all;
}

json::array told(const std::vector<registry::CataloguedAgency>& agencies) {
    json::array all;
    for (const registry::CataloguedAgency& one : agencies)
        all.push_back(json::object{
            {"agency", one.agency}, {"business", one.business}, {"name", one.name}, {"count", one.count}});
    return all;
}

json::object told(const registry::SearchAnswer& answer) {
    json::array hits;
    for (const registry::SearchHit& hit : answer.hits)
        hits.push_back(json::object{{"key", hit.key},
                                    {"service", hit.service},
                                    {"agency", hit.agency},
                                    {"resTitle", hit.title},
                                    {"abstract", hit.abstract},
                                    {"matched", hit.matched}});
    return {{"hits", std::move(hits)}, {"truncated", answer.truncated}};
}

}  // namespace hutong::api
