// describe_catalogue(): OpenAPI 3.1.0, paths and schemas of the catalogue and the search.
#include <algorithm>
#include <array>

#include <boost/json/array.hpp>

#include "gateway/main/api/catalogue_json.hpp"

namespace hutong::api {

namespace json = boost::json;

namespace {

struct Query {
    std::string_view name, description;
    bool required{false};
    bool number{false};
};

constexpr std::array list_queries{
    Query{"theme", "a code of GB/T 21063.4, or how it begins"}, Query{"agency", "an organisation's id"},
    Query{"region", "a code of GB/T 2260; zeros at its end stand for all below it"},
    Query{"after", "go on after this key: the `next` of the list before"},
    Query{"limit", "1 to 200; 50 by default", false, true}};
constexpr std::array search_queries{
    Query{"q", "words in Chinese or English; all of them must be there", true},
    Query{"limit", "1 to 200; 20 by default", false, true}};

json::object reference(std::string_view schema) {
    return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

json::object answer(std::string_view description, std::string_view schema) {
    return {{"description", description},
            {"content", {{"application/json", {{"schema", reference(schema)}}}}}};
}

// Nobody signs in for them.
json::object get(std::string_view id, std::string_view summary, std::string_view schema,
                 json::array parameters) {
    return {{"get",
             {{"operationId", id},
              {"summary", summary},
              {"security", json::array()},
              {"parameters", std::move(parameters)},
              {"responses",
               {{"200", answer(summary, schema)}, {"default", answer("refused or failed", "Error")}}}}}};
}

template <std::size_t size>
json::array parameters(const std::array<Query, size>& queries) {
    json::array all;
    for (const Query& query : queries)
        all.push_back(json::object{{"name", query.name},
                                   {"in", "query"},
                                   {"description", query.description},
                                   {"required", query.required},
                                   {"schema", {{"type", query.number ? "integer" : "string"}}}});
    return all;
}

json::object text() {
    return {{"type", "string"}};
}

json::object list_of(json::object items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}

// Everything that `optional` does not name is always there, and nothing else ever is.
json::object object(json::object properties, std::initializer_list<std::string_view> optional = {}) {
    json::array required;
    for (const auto& [name, schema] : properties)
        if (std::find(optional.begin(), optional.end(), std::string_view(name)) == optional.end())
            required.push_back(json::value(name));
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

void add_entry_schemas(json::object& schemas) {
    json::object category = object(
        {{"cateStd", {{"enum", {"GB/T 21063.4", "GB/T 2260"}}}}, {"cateName", text()}, {"cateCode", text()}});
    json::object elements{{"key", text()},
                          {"service", text()},
                          {"agency", text()},
                          {"revision", text()},
                          {"resTitle", text()},
                          {"abstract", text()},
                          {"idPoC", object({{"rpOrgName", text()}, {"contact", text()}})},
                          {"tpCat", list_of(std::move(category))},
                          {"resID", text()},
                          {"mdID", text()},
                          {"pubDate", text()},
                          {"descKeys", list_of(text())},
                          {"dataTime", object({{"begin", text()}, {"end", text()}}, {"begin", "end"})},
                          {"onLineSrc", text()},
                          {"mdContact", text()},
                          {"mdDateUpd", text()}};
    const std::initializer_list<std::string_view> optional{"pubDate",   "descKeys",  "dataTime", "onLineSrc",
                                                           "mdContact", "mdDateUpd", "replaced"};
    schemas["ResourceEntry"] = object(elements, optional);
    elements["replaced"] = reference("Replaced");
    schemas["EditedResourceEntry"] = object(std::move(elements), optional);
    schemas["ResourceEntries"] =
        object({{"entries", list_of(reference("ResourceEntry"))}, {"next", text()}}, {"next"});
}

void add_navigation_schemas(json::object& schemas) {
    json::object number{{"type", "integer"}};
    schemas["CategoryNode"] = object({{"code", text()},
                                      {"name", text()},
                                      {"count", number},
                                      {"children", list_of(reference("CategoryNode"))}});
    schemas["CategoryTree"] = list_of(reference("CategoryNode"));
    schemas["CataloguedAgencies"] =
        list_of(object({{"agency", text()}, {"business", text()}, {"name", text()}, {"count", number}}));
    json::object hit = object({{"key", text()},
                               {"service", text()},
                               {"agency", text()},
                               {"resTitle", text()},
                               {"abstract", text()},
                               {"matched", {{"enum", {"name", "operation", "element", "description"}}}}});
    schemas["SearchAnswer"] =
        object({{"hits", list_of(std::move(hit))}, {"truncated", {{"type", "boolean"}}}});
}

}  // namespace

void describe_catalogue(json::object& paths, json::object& schemas) {
    const std::string root = "/api/v1/catalogue";
    paths[root] = get("catalogue.entries", "entries of the resource catalogue", "ResourceEntries",
                      parameters(list_queries));
    paths[root + "/themes"] = get("catalogue.by-theme", "the tree of themes in use", "CategoryTree", {});
    paths[root + "/regions"] = get("catalogue.by-region", "the tree of regions in use", "CategoryTree", {});
    paths[root + "/agencies"] = get("catalogue.by-agency", "agencies with entries", "CataloguedAgencies", {});
    json::object id{{"name", "id"},
                    {"in", "path"},
                    {"description", "a serviceKey, or ORG/NAME of a service of the gateway as two segments"},
                    {"required", true},
                    {"schema", text()}};
    json::array of_entry;
    of_entry.push_back(std::move(id));
    paths[root + "/{id}"] = get("catalogue.entry", "one entry: the core metadata of GB/T 21063.3",
                                "ResourceEntry", std::move(of_entry));
    paths["/api/v1/search"] =
        get("search.services", "services by names, operations, data elements and descriptions",
            "SearchAnswer", parameters(search_queries));
    add_entry_schemas(schemas);
    add_navigation_schemas(schemas);
}

}  // namespace hutong::api
