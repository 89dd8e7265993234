// hutong service publish, install, list, show, settings; policy is in policy_commands.cpp.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/contract_files.hpp"
#include "gateway/main/cli/policy_commands.hpp"
#include "gateway/main/cli/text.hpp"

namespace hutong::cli {

namespace {

using namespace std::string_view_literals;

struct PublishOptions {
    std::string file, org, name, policy, wsdl_service, journal, forward, reason, seen;
    std::vector<std::string> endpoints;
    bool no_validation{false}, draft{false}, accept_breaking{false};
};

Result<json::object> arguments_of(const PublishOptions& options, const wsdl::Bundle& bundle) {
    json::object arguments = contract_arguments(bundle);
    arguments["org"] = options.org;
    arguments["name"] = options.name;
    arguments["endpoints"] = json::array(options.endpoints.begin(), options.endpoints.end());
    if (options.no_validation) arguments["validate"] = false;
    if (options.draft) arguments["draft"] = true;
    if (options.accept_breaking) arguments["accept_breaking"] = true;
    if (!options.reason.empty()) arguments["reason"] = options.reason;
    HUTONG_TRY(add_policy_arguments(options.policy, arguments));
    if (!options.wsdl_service.empty()) arguments["wsdl_service"] = options.wsdl_service;
    if (!options.journal.empty()) arguments["journal"] = options.journal;
    if (!options.forward.empty()) arguments["forward"] = options.forward;
    add_if_match(options.seen, arguments);
    return arguments;
}

Result<Output> publish(const Context& context, const PublishOptions& options) {
    HUTONG_TRY(need_home(context));
    HUTONG_ASSIGN(const wsdl::Bundle bundle, load_contract(context, options.file));
    HUTONG_ASSIGN(json::object arguments, arguments_of(options, bundle));
    HUTONG_ASSIGN(json::value result, ask(context, "service.publish", std::move(arguments)));
    std::string text;
    for (const json::value& finding : result.at("findings").as_array())
        text += one_line(text_of(finding, "severity") + " " + text_of(finding, "rule") + " " +
                         text_of(finding, "place") + ": " + text_of(finding, "text")) +
                "\n";
    text += changes_text(result);
    const bool changed = result.at("changed").as_bool();
    text += text_of(result, "service") + " version " + text_of(result, "version") +
            (changed ? (options.draft ? " kept as a draft" : " published")
                     : " was published like this already; nothing changed") +
            "\n" + text_of(result, "url") + "\n" + text_of(result, "wsdl");
    return Output{std::move(result), std::move(text)};
}

Result<Output> show(const Context& context, const std::string& service) {
    HUTONG_ASSIGN(json::value result, ask(context, "service.show", {{"service", service}}));
    std::string text;
    for (const char* member :
         {"service", "url", "status", "policy", "version", "revision", "contract", "wsdl_service",
          "endpoints", "journal", "forward", "validate", "deprecated", "ends", "changed"}) {
        const std::string value = text_of(result, member);
        if (value.empty() && (member == "deprecated"sv || member == "ends"sv)) continue;
        text += std::string(member) + ": " + (value.empty() ? "(default)" : one_line(value)) + "\n";
    }
    text += "\n" + table_of(result.at("versions"), {{"VERSION", "version"}, {"CONTRACT", "contract"}});
    std::vector<std::vector<std::string>> grants;
    for (const json::value& grant : result.at("grants").as_array()) {
        const std::string operation = text_of(grant, "operation");
        grants.push_back({text_of(grant, "consumer"), operation.empty() ? "(every)" : operation});
    }
    text += "\n" + table({"GRANTED TO", "OPERATION"}, grants);
    return Output{std::move(result), std::move(text)};
}

Result<Output> list(const Context& context) {
    HUTONG_ASSIGN(json::value result, ask(context, "service.list"));
    std::string text = table_of(result, {{"SERVICE", "service"},
                                         {"VERSION", "version"},
                                         {"POLICY", "policy"},
                                         {"STATUS", "status"},
                                         {"URL", "url"},
                                         {"ENDPOINTS", "endpoints"}});
    return Output{std::move(result), std::move(text)};
}

std::string is_preset_or_file(const std::string& what) {
    if (is_preset(what) || std::filesystem::is_regular_file(what)) return {};
    return what + " is neither plain, sign, sign-encrypt nor a file";
}

void add_publish(Parser& parser, CLI::App& service) {
    auto options = std::make_shared<PublishOptions>();
    CLI::App* command =
        parser.command(service, "publish", "publish a WSDL file and what it imports",
                       [options](const Context& context) { return publish(context, *options); });
    command->add_option("file", options->file, "the WSDL file")->required();
    command->add_option("--org", options->org, "the organisation that offers it")->required();
    command->add_option("--name", options->name, "the service's name below the organisation")->required();
    command->add_option(
        "--endpoint", options->endpoints,
        "where the agency's system listens; may be given again; otherwise the WSDL's address");
    command
        ->add_option(
            "--policy", options->policy,
            "plain (mutual TLS), sign (WS-Security), sign-encrypt (and XML Encryption), or a policy document "
            "(TOML file); otherwise what the service has, or what the contract asks for, at least sign")
        ->check(is_preset_or_file);
    command->add_option("--service", options->wsdl_service, "which wsdl:service, when the file has several");
    command->add_option("--journal", options->journal, "how much of each call is kept")
        ->check(CLI::IsMember({"full", "evidence", "metadata", "none"}));
    command
        ->add_option("--forward", options->forward, "what the backend gets: stripped, unchanged or re-signed")
        ->check(CLI::IsMember({"stripped", "unchanged", "re-signed"}));
    command->add_flag("--no-validation", options->no_validation, "do not check requests against the schemas");
    command->add_flag(
        "--draft", options->draft,
        "keep it as a draft, to be submitted, approved and put online; otherwise it goes online");
    command->add_flag("--accept-breaking", options->accept_breaking,
                      "also when it breaks what consumers with grants do (hutong service diff)");
    command->add_option("--reason", options->reason, "why, for the service's history");
    offer_if_match(*command, options->seen, "hutong service show");
}

void add_settings(Parser& parser, CLI::App& service) {
    struct Settings {
        std::string service, journal, validation, seen;
    };
    auto options = std::make_shared<Settings>();
    CLI::App* command = parser.command(
        service, "settings", "change how much of its calls is kept, and whether requests are validated",
        [options](const Context& context) -> Result<Output> {
            json::object arguments{{"service", options->service}};
            if (!options->journal.empty()) arguments["journal"] = options->journal;
            if (!options->validation.empty()) arguments["validate"] = options->validation == "on";
            add_if_match(options->seen, arguments);
            HUTONG_ASSIGN(json::value result, ask(context, "service.settings", std::move(arguments)));
            const std::string journal = text_of(result, "journal");
            return Output{result, options->service + ": journal " + (journal.empty() ? "default" : journal) +
                                      ", validate " + text_of(result, "validate")};
        });
    command->add_option("service", options->service, "ORG/NAME")->required();
    command
        ->add_option("--journal", options->journal,
                     "how much of each call is kept; default: as the node has it")
        ->check(CLI::IsMember({"full", "evidence", "metadata", "none", "default"}));
    command
        ->add_option("--validation", options->validation,
                     "of requests against the contract's schemas: on or off")
        ->check(CLI::IsMember({"on", "off"}));
    offer_if_match(*command, options->seen, "hutong service show");
}

void add_install(Parser& parser, CLI::App& service) {
    struct Install {
        std::string name, org, as, journal, seen;
    };
    auto options = std::make_shared<Install>();
    CLI::App* command = parser.command(
        service, "install", "publish a service that the platform answers itself: security",
        [options](const Context& context) -> Result<Output> {
            json::object arguments{{"name", options->name}, {"org", options->org}};
            if (!options->as.empty()) arguments["as"] = options->as;
            if (!options->journal.empty()) arguments["journal"] = options->journal;
            add_if_match(options->seen, arguments);
            HUTONG_ASSIGN(json::value result, ask(context, "service.install", std::move(arguments)));
            return Output{result, text_of(result, "url")};
        });
    command->add_option("name", options->name, "security")->required();
    command->add_option("--org", options->org, "the organisation that offers it: the platform's own")
        ->required();
    command->add_option("--name", options->as, "its name below the organisation; otherwise the same");
    command->add_option("--journal", options->journal, "how much of each call is kept, at most")
        ->check(CLI::IsMember({"full", "evidence", "metadata", "none"}));
    offer_if_match(*command, options->seen, "hutong service show");
}

}  // namespace

void add_service_commands(Parser& parser) {
    CLI::App* service = parser.app.add_subcommand("service", "services that agencies offer");
    service->require_subcommand(1);
    add_publish(parser, *service);
    add_install(parser, *service);
    parser.command(*service, "list", "list the services", list);
    add_policy_command(parser, *service);
    add_settings(parser, *service);
    auto id = std::make_shared<std::string>();
    parser
        .command(*service, "show", "show one service",
                 [id](const Context& context) { return show(context, *id); })
        ->add_option("service", *id, "ORG/NAME")
        ->required();
    add_service_life_commands(parser, *service);
}

}  // namespace hutong::cli
