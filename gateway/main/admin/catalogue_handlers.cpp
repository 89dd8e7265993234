// catalogue.list, show, themes, agencies, regions, set; search.
#include <limits>

#include "gateway/main/admin/edits.hpp"
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/api/catalogue_json.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

Result<unsigned> natural(const Arguments& arguments, std::string_view name, unsigned otherwise) {
    HUTONG_ASSIGN(const std::int64_t number, arguments.number(name, otherwise));
    if (number < 0 || number > std::numeric_limits<int>::max())
        return invalid(std::string(name) + ": " + std::to_string(number) + " is out of range");
    return static_cast<unsigned>(number);
}

// What was not given stays; "" and the empty list take it back.
Result<std::map<std::string, std::string>> fields_in(const Arguments& arguments) {
    std::map<std::string, std::string> fields;
    for (const registry::EntryField& field : registry::entry_fields()) {
        if (field.name == "keywords") continue;
        HUTONG_ASSIGN(const std::optional<std::string> given, arguments.optional_text(field.name));
        if (given) fields.emplace(field.name, *given);
    }
    if (!arguments.has("keywords")) return fields;
    HUTONG_ASSIGN(const std::vector<std::string> words, arguments.texts("keywords"));
    std::string lines;
    for (const std::string& word : words) {
        if (word.empty()) continue;
        if (word.find('\n') != std::string::npos) return invalid("keywords: one word has a line break");
        lines += (lines.empty() ? "" : "\n") + word;
    }
    fields.emplace("keywords", std::move(lines));
    return fields;
}

}  // namespace

Answer catalogue_list(Services& services, const Arguments& arguments) {
    registry::EntryFilter filter;
    HUTONG_CO_ASSIGN(const auto theme, arguments.optional_text("theme"));
    HUTONG_CO_ASSIGN(const auto agency, arguments.optional_text("agency"));
    HUTONG_CO_ASSIGN(const auto region, arguments.optional_text("region"));
    HUTONG_CO_ASSIGN(const auto after, arguments.optional_text("after"));
    HUTONG_CO_ASSIGN(filter.limit, natural(arguments, "limit", filter.limit));
    filter.theme = theme.value_or("");
    filter.agency = agency.value_or("");
    filter.region = region.value_or("");
    filter.after = after.value_or("");
    HUTONG_CO_ASSIGN(const registry::EntryList found, co_await services.resources->list(std::move(filter)));
    co_return json::value(api::told(found));
}

Answer catalogue_show(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string id, arguments.text("id"));
    HUTONG_CO_ASSIGN(const registry::ResourceEntry found, co_await services.resources->entry(std::move(id)));
    co_return json::value(api::told(found));
}

Answer catalogue_themes(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto nodes, co_await services.resources->themes());
    co_return json::value(api::told(nodes));
}

Answer catalogue_agencies(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto all, co_await services.resources->agencies());
    co_return json::value(api::told(all));
}

Answer catalogue_regions(Services& services, const Arguments&) {
    HUTONG_CO_ASSIGN(const auto nodes, co_await services.resources->regions());
    co_return json::value(api::told(nodes));
}

Answer catalogue_set(Services& services, const Arguments& arguments) {
    registry::EntryChange change;
    HUTONG_CO_ASSIGN(change.id, arguments.text("id"));
    HUTONG_CO_ASSIGN(change.edit, edit_of(services, arguments));
    HUTONG_CO_ASSIGN(change.fields, fields_in(arguments));
    HUTONG_CO_ASSIGN(const registry::EditedEntry edited,
                     co_await services.resources->change(std::move(change)));
    json::object said = api::told(edited.entry);
    tell_replaced(edited.replaced, said);
    co_return json::value(std::move(said));
}

Answer search(Services& services, const Arguments& arguments) {
    HUTONG_CO_ASSIGN(std::string text, arguments.text("q"));
    HUTONG_CO_ASSIGN(const unsigned limit, natural(arguments, "limit", 20));
    HUTONG_CO_ASSIGN(const registry::SearchAnswer found,
                     co_await services.resources->search(std::move(text), limit));
    co_return json::value(api::told(found));
}

}  // namespace hutong::admin
