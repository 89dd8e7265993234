#include "gateway/main/admin/arguments.hpp"

namespace hutong::admin {

namespace {

Error wrong(std::string_view name, std::string_view must) {
    return invalid("argument \"" + std::string(name) + "\" " + std::string(must));
}

}  // namespace

Result<std::string> Arguments::text(std::string_view name) const {
    HUTONG_ASSIGN(std::optional<std::string> given, optional_text(name));
    if (!given || given->empty()) return wrong(name, "is missing");
    return std::move(*given);
}

Result<std::optional<std::string>> Arguments::optional_text(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    if (!value || value->is_null()) return std::optional<std::string>{};
    if (!value->is_string()) return wrong(name, "must be a text");
    return std::optional<std::string>(std::string(value->get_string()));
}

Result<std::vector<std::string>> Arguments::texts(std::string_view name) const {
    std::vector<std::string> all;
    const json::value* value = object_.if_contains(name);
    if (!value || value->is_null()) return all;
    if (!value->is_array()) return wrong(name, "must be a list of texts");
    for (const json::value& item : value->get_array()) {
        if (!item.is_string()) return wrong(name, "must be a list of texts");
        all.emplace_back(item.get_string());
    }
    return all;
}

Result<std::optional<bool>> Arguments::flag(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    if (!value || value->is_null()) return std::optional<bool>();
    if (!value->is_bool()) return wrong(name, "must be true or false");
    return std::optional<bool>(value->get_bool());
}

Result<std::int64_t> Arguments::number(std::string_view name, std::int64_t otherwise) const {
    const json::value* value = object_.if_contains(name);
    if (!value || value->is_null()) return otherwise;
    boost::system::error_code inexact;
    const auto number = value->to_number<std::int64_t>(inexact);
    if (inexact) return wrong(name, "must be a whole number");
    return number;
}

Result<const json::object*> Arguments::object(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    if (!value || !value->is_object()) return wrong(name, "must be an object");
    return &value->get_object();
}

bool Arguments::has(std::string_view name) const {
    const json::value* value = object_.if_contains(name);
    return value && !value->is_null();
}

Result<security::Officer> Arguments::officer() const {
    if (caller_.officer) return *caller_.officer;
    return refused("only an officer can do that: give the command with --as NAME");
}

}  // namespace hutong::admin
