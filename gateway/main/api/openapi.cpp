#include "gateway/main/api/openapi.hpp"

#include <algorithm>

#include "gateway/main/admin/admission.hpp"
#include "gateway/main/api/answers.hpp"
#include "gateway/main/api/catalogue_json.hpp"

namespace hutong::api {

namespace json = boost::json;

namespace {

json::object schema_of(admin::Kind kind) {
    switch (kind) {
        case admin::Kind::text:
            return {{"type", "string"}};
        case admin::Kind::list:
            return {{"type", "array"}, {"items", {{"type", "string"}}}};
        case admin::Kind::flag:
            return {{"type", "boolean"}};
        case admin::Kind::number:
            return {{"type", "number"}};
        case admin::Kind::object:
            break;
    }
    return {{"type", "object"}};
}

json::object content(json::object schema) {
    return {{"application/json", {{"schema", std::move(schema)}}}};
}

json::object reference(std::string_view name) {
    return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

json::object answer(std::string_view description, json::object schema) {
    return {{"description", description}, {"content", content(std::move(schema))}};
}

json::object responses(std::string_view description, json::object schema) {
    return {{"200", answer(description, std::move(schema))},
            {"default", answer("refused or failed", reference("Error"))}};
}

json::object arguments_of(const admin::Command& command) {
    json::object properties;
    json::array required;
    for (const admin::Parameter& parameter : admin::parameters_of(command.takes)) {
        json::object schema = schema_of(parameter.kind);
        if (parameter.secret) schema["writeOnly"] = true;
        if (parameter.reserved) schema["x-hutong-role"] = security::to_string(*parameter.reserved);
        properties[parameter.name] = std::move(schema);
        if (parameter.required) required.push_back(json::value(parameter.name));
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

// Of an edit: the header that means the argument if_match.
json::array headers_of(const admin::Command& command) {
    const auto takes = admin::parameters_of(command.takes);
    if (std::ranges::none_of(takes, [](const admin::Parameter& one) { return one.name == "if_match"; }))
        return {};
    json::object seen{
        {"name", "If-Match"},
        {"in", "header"},
        {"description", "the ETag of what the edit builds on; 412 when there is another by now"},
        {"schema", {{"type", "string"}}}};
    json::array all;
    all.push_back(std::move(seen));
    return all;
}

// Done, or, where a second person may be needed, proposed to one.
json::object result_of(const admin::Command& command) {
    const auto line = answer_line(command.name);
    json::object done = line ? schema_of_line(*line) : json::object();
    if (command.second != admin::Second::never) done = {{"anyOf", {std::move(done), reference("Proposed")}}};
    return {{"type", "object"},
            {"properties", {{"result", std::move(done)}}},
            {"required", json::array{"result"}},
            {"additionalProperties", false}};
}

json::object operation_of(const admin::Command& command) {
    json::array roles;
    for (const security::Role role : security::all_roles)
        if (command.duty.has(role)) roles.push_back(json::value(security::to_string(role)));
    constexpr std::string_view seconds[] = {"never", "may", "always", "approval"};
    return {{"operationId", command.name},
            {"summary", command.name},
            {"x-hutong-roles", std::move(roles)},
            {"x-hutong-second-person", seconds[static_cast<int>(command.second)]},
            {"parameters", headers_of(command)},
            {"requestBody", {{"required", true}, {"content", content(arguments_of(command))}}},
            {"responses", responses("done, or proposed to a second person", result_of(command))}};
}

json::object session_path() {
    json::object credentials{{"type", "object"},
                             {"properties",
                              {{"officer", {{"type", "string"}}},
                               {"password", {{"type", "string"}, {"writeOnly", true}}},
                               {"code", {{"type", "string"}, {"writeOnly", true}}},
                               {"bearer", {{"type", "boolean"}}}}},
                             {"additionalProperties", false}};
    json::object in{{"operationId", "session.open"},
                    {"summary", "sign in by password and one-time code, or by the TLS client's certificate"},
                    {"security", json::array()},
                    {"requestBody", {{"required", true}, {"content", content(std::move(credentials))}}},
                    {"responses", responses("signed in", reference("Session"))}};
    json::object out{{"operationId", "session.close"},
                     {"summary", "sign out everywhere"},
                     {"responses", responses("signed out", result_of(*admin::find_command("me.sign-out")))}};
    return {{"post", std::move(in)}, {"delete", std::move(out)}};
}

json::array roles() {
    json::array all;
    for (const security::Role role : security::all_roles)
        all.push_back(json::value(security::to_string(role)));
    return all;
}

json::object schemas() {
    json::object text{{"type", "string"}};
    json::array codes;
    for (const ErrorCode code :
         {ErrorCode::invalid, ErrorCode::refused, ErrorCode::not_found, ErrorCode::conflict, ErrorCode::limit,
          ErrorCode::unavailable, ErrorCode::timeout, ErrorCode::corrupt, ErrorCode::internal})
        codes.push_back(json::value(to_string(code)));
    json::object error{{"type", "object"},
                       {"properties",
                        {{"error",
                          {{"type", "object"},
                           {"properties", {{"code", {{"enum", std::move(codes)}}}, {"detail", text}}},
                           {"required", {"code", "detail"}},
                           {"additionalProperties", false}}}}},
                       {"required", json::array{"error"}},
                       {"additionalProperties", false}};
    json::object session{{"type", "object"},
                         {"properties",
                          {{"officer", text},
                           {"role", {{"enum", roles()}}},
                           {"org", {{"type", {"string", "null"}}}},
                           {"unready", {{"type", {"string", "null"}}}},
                           {"expires", text},
                           {"idle_seconds", {{"type", "number"}}},
                           {"notices", {{"type", "array"}, {"items", text}}},
                           {"csrf", text},
                           {"token", text}}},
                         {"required", {"officer", "role", "org", "unready", "csrf"}},
                         {"additionalProperties", false}};
    json::object all = shapes();
    all["Error"] = std::move(error);
    all["Session"] = std::move(session);
    all["Proposed"] = schema_of_line("proposal command expires");
    return all;
}

}  // namespace

json::object openapi_document(std::span<const admin::Command> commands, std::string_view version) {
    json::object paths{{"/api/v1/session", session_path()}};
    paths["/api/v1/me"] = {{"get",
                            {{"operationId", "me.get"},
                             {"summary", "who is signed in"},
                             {"responses", responses("the account", reference("Session"))}}}};
    // What is the owner's alone has no path here: over the network nobody is the owner.
    for (const admin::Command& command : commands)
        if (!admin::is_owners(command) && command.name != "me.sign-in")
            paths["/api/v1/commands/" + std::string(command.name)] = {{"post", operation_of(command)}};
    json::object all_schemas = schemas();
    describe_catalogue(paths, all_schemas);
    return {{"openapi", "3.1.0"},
            {"info", {{"title", "Hutong"}, {"version", version}}},
            {"security", {json::object{{"cookie", json::array()}}, json::object{{"bearer", json::array()}}}},
            {"paths", std::move(paths)},
            {"components",
             {{"schemas", std::move(all_schemas)},
              {"securitySchemes",
               {{"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-hutong"}}},
                {"bearer", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace hutong::api
