#include "gateway/main/cli/ask.hpp"

#include <cstdio>

#include <boost/json/serialize.hpp>

#include "gateway/main/admin/client.hpp"
#include "gateway/main/cli/credential.hpp"
#include "gateway/main/cli/text.hpp"

namespace hutong::cli {

Result<void> need_home(const Context& context) {
    if (context.home.root.empty())
        return invalid("no home folder is given: use --home DIR or set HUTONG_HOME");
    HUTONG_TRY(context.home.node_id());
    return {};
}

Result<json::value> ask_with(const Context& context, std::string command, json::object arguments,
                             json::object credential) {
    std::vector<std::string> notices;
    Result<json::value> answer =
        admin::ask(context.home, {std::move(command), std::move(arguments), std::move(credential)},
                   std::chrono::seconds(120), &notices);
    for (const std::string& notice : notices) std::fputs(("! " + one_line(notice) + "\n").c_str(), stderr);
    return answer;
}

Result<json::value> ask(const Context& context, std::string command, json::object arguments) {
    HUTONG_TRY(need_home(context));
    HUTONG_ASSIGN(json::object credential, credential_of(context));
    HUTONG_ASSIGN(json::value result,
                  ask_with(context, std::move(command), std::move(arguments), std::move(credential)));
    if (const std::string replaced = replaced_text(result); !replaced.empty())
        std::fputs(("! " + one_line(replaced) + "\n").c_str(), stderr);
    const std::string proposal = text_of(result, "proposal");
    if (proposal.empty()) return result;
    std::string text = "proposed, and waiting for a second person until " + text_of(result, "expires") +
                       ": hutong proposals approve " + proposal + " [--out FILE] --as …";
    throw Postponed{Output{std::move(result), std::move(text)}};
}

void offer_if_match(CLI::App& command, std::string& seen, const std::string& shown_by) {
    command.add_option("--if-match", seen, "only if it is still at this revision (" + shown_by + ")");
}

void add_if_match(const std::string& seen, json::object& arguments) {
    if (!seen.empty()) arguments["if_match"] = seen;
}

// What a second person approved has its result within that of the approval.
std::string replaced_text(const json::value& result) {
    if (!result.is_object()) return {};
    const json::object& said = result.get_object();
    const json::value* replaced = said.if_contains("replaced");
    if (!replaced) return said.contains("result") ? replaced_text(said.at("result")) : std::string();
    return "replaced what " + text_of(*replaced, "by") + " had changed at " + text_of(*replaced, "at") +
           " (revision " + text_of(*replaced, "revision") + "): " + text_of(*replaced, "changed") +
           ". Say --if-match, and it is refused instead";
}

std::string text_of(const json::value& object, std::string_view name) {
    const json::value* value = object.is_object() ? object.get_object().if_contains(name) : nullptr;
    if (!value || value->is_null()) return {};
    if (value->is_string()) return std::string(value->get_string());
    if (value->is_array()) {
        std::string all;
        for (const json::value& item : value->get_array())
            all += (all.empty() ? "" : ", ") +
                   (item.is_string() ? std::string(item.get_string()) : json::serialize(item));
        return all;
    }
    return json::serialize(*value);
}

std::string table_of(const json::value& array,
                     const std::vector<std::pair<std::string, std::string>>& columns) {
    std::vector<std::string> head;
    for (const auto& [title, member] : columns) head.push_back(title);
    std::vector<std::vector<std::string>> rows;
    if (array.is_array())
        for (const json::value& item : array.get_array()) {
            auto& row = rows.emplace_back();
            for (const auto& [title, member] : columns) row.push_back(text_of(item, member));
        }
    return table(head, rows);
}

}  // namespace hutong::cli
