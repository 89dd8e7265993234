#include "gateway/main/cli/policy_commands.hpp"

#include <algorithm>
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/files.hpp"

namespace hutong::cli {

namespace {

struct PolicyOptions {
    std::string service, file, seen;
    std::vector<std::string> changes;
};

bool is_word(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && letter(text[0]) && text != "true" && text != "false" &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

Result<Output> policy(const Context& context, const PolicyOptions& options) {
    json::object arguments{{"service", options.service}};
    std::string document;
    if (!options.file.empty()) {
        HUTONG_ASSIGN(document, read_file(options.file));
        arguments["policy_name"] = options.file;
    }
    for (const std::string& change : options.changes) {
        HUTONG_ASSIGN(const std::string line, document_line(change));
        document += line;
        arguments["policy_name"] = "--set";
    }
    const bool changes = arguments.contains("policy_name");
    if (changes) {
        arguments["policy_document"] = document;
        add_if_match(options.seen.empty() ? revision_in(document, options.service) : options.seen, arguments);
    }
    HUTONG_ASSIGN(json::value result,
                  ask(context, changes ? "service.policy.change" : "service.policy", std::move(arguments)));
    std::string text =
        revision_line(text_of(result, "revision"), options.service) + text_of(result, "policy");
    for (const json::value& weakness : result.at("weaknesses").as_array())
        text += "\n# weak: " + std::string(weakness.as_string());
    return Output{std::move(result), std::move(text)};
}

}  // namespace

std::string revision_line(const std::string& revision, const std::string& service) {
    return "# revision " + revision + " of " + service + "\n";
}

std::string revision_in(const std::string& document, const std::string& service) {
    constexpr std::string_view before = "# revision ";
    if (!document.starts_with(before)) return {};
    const std::string line = document.substr(0, document.find('\n') + 1);
    const std::string revision = line.substr(before.size(), line.find(' ', before.size()) - before.size());
    return line == revision_line(revision, service) ? revision : std::string();
}

bool is_preset(std::string_view word) {
    return word == "plain" || word == "sign" || word == "sign-encrypt";
}

Result<void> add_policy_arguments(const std::string& what, json::object& arguments) {
    if (what.empty()) return {};
    if (is_preset(what)) {
        arguments["policy"] = what;
        return {};
    }
    HUTONG_ASSIGN(const std::string document, read_file(what));
    arguments["policy_document"] = document;
    arguments["policy_name"] = what;
    return {};
}

Result<std::string> document_line(const std::string& assignment) {
    const std::size_t equals = assignment.find('=');
    if (equals == 0 || equals == std::string::npos)
        return invalid("--set " + assignment + ": write KEY=VALUE, such as request.freshness=60");
    const std::string value = assignment.substr(equals + 1);
    return assignment.substr(0, equals) + " = " + (is_word(value) ? "\"" + value + "\"" : value) + "\n";
}

void add_policy_command(Parser& parser, CLI::App& service) {
    auto options = std::make_shared<PolicyOptions>();
    CLI::App* command =
        parser.command(service, "policy", "show or change the policy of one service",
                       [options](const Context& context) { return policy(context, *options); });
    command->add_option("service", options->service, "ORG/NAME")->required();
    CLI::Option* const set =
        command->add_option("--set", options->changes,
                            "KEY=VALUE of the policy document, such as request.freshness=60 or "
                            "'request.key_transports=[\"rsa-oaep\"]'; may be given again");
    command
        ->add_option("--file", options->file,
                     "a policy document (TOML) to apply; one that this command showed is applied only to the "
                     "revision that it showed")
        ->excludes(set);
    offer_if_match(*command, options->seen, "hutong service show");
}

}  // namespace hutong::cli
