#include "gateway/main/daemon/catalogue_paths.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/form.hpp"
#include "base/place.hpp"
#include "gateway/main/api/catalogue_json.hpp"
#include "gateway/main/api/responses.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

namespace {

namespace json = boost::json;
using Parameters = std::map<std::string, std::string>;

constexpr unsigned most_under_way = 256;

// A parameter that is none of `known` would be a filter that filters nothing.
Result<Parameters> parameters_of(std::string_view query, std::initializer_list<std::string_view> known) {
    HUTONG_ASSIGN(std::vector<FormParameter> sent, read_form(query));
    Parameters all;
    for (FormParameter& one : sent) {
        if (one.name.find('\0') != std::string::npos || one.value.find('\0') != std::string::npos)
            return invalid("the query holds a null character");
        if (std::find(known.begin(), known.end(), one.name) == known.end())
            return invalid("the parameter \"" + one.name +
                           "\" is none of this path's; see /api/v1/openapi.json");
        if (!all.emplace(one.name, std::move(one.value)).second)
            return invalid("the parameter \"" + one.name + "\" stands twice");
    }
    return all;
}

Result<unsigned> limit_in(const Parameters& parameters, unsigned otherwise) {
    const auto given = parameters.find("limit");
    if (given == parameters.end()) return otherwise;
    const std::string& text = given->second;
    unsigned limit = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (wrong != std::errc() || end != text.data() + text.size())
        return invalid("limit: \"" + text + "\" is no number");
    return limit;
}

std::string value_of(const Parameters& parameters, const std::string& name) {
    const auto given = parameters.find(name);
    return given == parameters.end() ? std::string() : given->second;
}

Awaitable<Result<json::value>> list(registry::ResourceCatalogue& catalogue, const std::string& query) {
    HUTONG_CO_ASSIGN(const Parameters given,
                     parameters_of(query, {"theme", "agency", "region", "after", "limit"}));
    registry::EntryFilter filter;
    filter.theme = value_of(given, "theme");
    filter.agency = value_of(given, "agency");
    filter.region = value_of(given, "region");
    filter.after = value_of(given, "after");
    HUTONG_CO_ASSIGN(filter.limit, limit_in(given, filter.limit));
    HUTONG_CO_ASSIGN(const registry::EntryList found, co_await catalogue.list(std::move(filter)));
    co_return json::value(api::told(found));
}

Awaitable<Result<json::value>> find(registry::ResourceCatalogue& catalogue, const std::string& query) {
    HUTONG_CO_ASSIGN(const Parameters given, parameters_of(query, {"q", "limit"}));
    HUTONG_CO_ASSIGN(const unsigned limit, limit_in(given, 20));
    std::string text = value_of(given, "q");
    HUTONG_CO_ASSIGN(const registry::SearchAnswer found, co_await catalogue.search(std::move(text), limit));
    co_return json::value(api::told(found));
}

Awaitable<Result<json::value>> themes(registry::ResourceCatalogue& catalogue) {
    HUTONG_CO_ASSIGN(const auto nodes, co_await catalogue.themes());
    co_return json::value(api::told(nodes));
}

Awaitable<Result<json::value>> regions(registry::ResourceCatalogue& catalogue) {
    HUTONG_CO_ASSIGN(const auto nodes, co_await catalogue.regions());
    co_return json::value(api::told(nodes));
}

Awaitable<Result<json::value>> agencies(registry::ResourceCatalogue& catalogue) {
    HUTONG_CO_ASSIGN(const auto all, co_await catalogue.agencies());
    co_return json::value(api::told(all));
}

Awaitable<Result<json::value>> entry(registry::ResourceCatalogue& catalogue, std::string id) {
    HUTONG_CO_ASSIGN(const registry::ResourceEntry found, co_await catalogue.entry(std::move(id)));
    co_return json::value(api::told(found));
}

}  // namespace

Awaitable<http::Response> CataloguePaths::handle(http::Request& request) {
    if (request.method != "GET") {
        http::Response refusal = api::error_response(
            405, invalid("only GET is served here: entries are changed by catalogue.set"));
        refusal.headers.add("Allow", "GET");
        co_return api::guarded(std::move(refusal), request.tls);
    }
    const Place place(under_way_);
    if (place.number > most_under_way) {
        const Error reason{ErrorCode::unavailable, "the catalogue is busy; try again in a moment"};
        http::Response busy = api::error_response(reason);
        busy.headers.add("Retry-After", "1");
        co_return api::guarded(std::move(busy), request.tls);
    }
    auto work = answer(request.path, request.query);
    http::Response response =
        co_await asio::co_spawn(workers_.get_executor(), std::move(work), asio::use_awaitable);
    co_return api::guarded(std::move(response), request.tls);
}

Awaitable<http::Response> CataloguePaths::answer(std::string path, std::string query) {
    Result<json::value> found = json::value();
    if (path == list_path)
        found = co_await list(catalogue_, query);
    else if (path == search_path)
        found = co_await find(catalogue_, query);
    else if (path == std::string(folder) + "themes")
        found = co_await themes(catalogue_);
    else if (path == std::string(folder) + "regions")
        found = co_await regions(catalogue_);
    else if (path == std::string(folder) + "agencies")
        found = co_await agencies(catalogue_);
    else {
        std::string id = path.substr(folder.size());
        found = co_await entry(catalogue_, std::move(id));
    }
    if (found.has_error()) co_return api::error_response(found.error());
    http::Response response = api::json_response(200, *found);
    api::tag(response, *found);
    co_return response;
}

}  // namespace hutong::daemon
