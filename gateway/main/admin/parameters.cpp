#include "gateway/main/admin/parameters.hpp"

#include <algorithm>
#include <array>

#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"

namespace hutong::admin {

namespace {

// Bytes of one argument in a record: what is larger would fill the journal, or be too large for it.
constexpr std::size_t most_kept = 64u << 10;

constexpr std::array kinds{Kind::text, Kind::list, Kind::flag, Kind::number, Kind::object};

// Takes what stands behind the first `mark` off the word.
std::optional<std::string> cut(std::string& word, char mark) {
    const std::size_t at = word.find(mark);
    if (at == std::string::npos) return std::nullopt;
    std::string rest = word.substr(at + 1);
    word.resize(at);
    return rest;
}

Parameter parameter_of(std::string word) {
    Parameter parameter;
    if (const auto role = cut(word, '@')) parameter.reserved = security::role_from(*role).value();
    parameter.large = cut(word, '#').has_value();
    parameter.secret = cut(word, '!').has_value();
    parameter.required = !cut(word, '?').has_value();
    if (const auto kind = cut(word, ':'))
        parameter.kind = *std::find_if(kinds.begin(), kinds.end() - 1,
                                       [&](Kind candidate) { return to_string(candidate) == *kind; });
    parameter.name = std::move(word);
    return parameter;
}

bool is_of(Kind kind, const json::value& value) {
    switch (kind) {
        case Kind::text:
            return value.is_string();
        case Kind::list:
            return value.is_array() && std::all_of(value.get_array().begin(), value.get_array().end(),
                                                   [](const json::value& item) { return item.is_string(); });
        case Kind::flag:
            return value.is_bool();
        case Kind::number:
            return value.is_number();
        case Kind::object:
            return value.is_object();
    }
    return false;
}

std::string_view in_words(Kind kind) {
    switch (kind) {
        case Kind::text:
            return "must be a text";
        case Kind::list:
            return "must be a list of texts";
        case Kind::flag:
            return "must be true or false";
        case Kind::number:
            return "must be a number";
        case Kind::object:
            return "must be an object";
    }
    return "";
}

Error wrong(std::string_view name, std::string_view what) {
    return invalid("argument \"" + std::string(name) + "\" " + std::string(what));
}

}  // namespace

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::text:
            return "text";
        case Kind::list:
            return "list";
        case Kind::flag:
            return "flag";
        case Kind::number:
            return "number";
        case Kind::object:
            return "object";
    }
    return "?";
}

std::vector<Parameter> parameters_of(std::string_view line) {
    std::vector<Parameter> all;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        all.push_back(parameter_of(std::string(line.substr(0, end))));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return all;
}

// Null is as good as absent, as in Arguments.
Result<void> check_arguments(const std::vector<Parameter>& parameters, const json::object& arguments) {
    for (const auto& [name, value] : arguments) {
        const auto known = std::find_if(parameters.begin(), parameters.end(),
                                        [&](const Parameter& one) { return one.name == name; });
        if (known == parameters.end()) return wrong(name, "is none of this command's");
        if (!value.is_null() && !is_of(known->kind, value)) return wrong(name, in_words(known->kind));
    }
    for (const Parameter& parameter : parameters) {
        const json::value* given = arguments.if_contains(parameter.name);
        if (parameter.required && (!given || given->is_null())) return wrong(parameter.name, "is missing");
    }
    return {};
}

json::object for_the_record(const std::vector<Parameter>& parameters, const json::object& arguments) {
    json::object kept = arguments;
    for (const Parameter& parameter : parameters) {
        json::value* given = kept.if_contains(parameter.name);
        if (!given || given->is_null()) continue;
        // A secret is nobody's to read later, not even as a digest, which could be guessed at.
        if (parameter.secret)
            *given = "(not recorded)";
        else if (const std::string text = json::serialize(*given); parameter.large || text.size() > most_kept)
            *given = "sha256:" + to_hex(sha256(text));
    }
    return kept;
}

}  // namespace hutong::admin
