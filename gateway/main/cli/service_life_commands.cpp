// hutong service submit, approve, refuse, online, deprecate, offline, retire, history, diff; consumer
// warnings.
#include <array>
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/contract_files.hpp"
#include "gateway/main/cli/text.hpp"

namespace hutong::cli {

namespace {

struct StepOptions {
    std::string service, reason, end, seen;
    bool force{false};
};

struct StepRow {
    const char* name;
    const char* description;
    bool needs_reason;
};

constexpr std::array rows{
    StepRow{"submit", "hand a draft in, to be approved", false},
    StepRow{"approve", "let a submitted service in", false},
    StepRow{"refuse", "send a submitted or approved service back to its agency", true},
    StepRow{"online", "let calls through to an approved or offline service; take a deprecation back", false},
    StepRow{"deprecate", "announce that a service ends, and when", true},
    StepRow{"offline", "let no more calls through; refused while consumers count on the service", false},
};

std::string consumers_text(const json::value& result, const std::string& before) {
    const std::string consumers = text_of(result, "consumers");
    return consumers.empty() ? std::string() : "\n" + before + consumers;
}

std::string step_text(const json::value& result) {
    const std::string status = text_of(result, "status");
    std::string text =
        text_of(result, "service") + " version " + text_of(result, "version") + " is " + status;
    if (status == "deprecated")
        return text + " and ends at " + text_of(result, "ends") +
               consumers_text(result, "to be warned, since they hold grants for it: ");
    if (status == "offline")
        return text + "; its grants stay for when it is online again" +
               consumers_text(result, "who can call it no more: ");
    return text;
}

Result<Output> take_step(const Context& context, const StepRow& row, const StepOptions& options) {
    json::object arguments{{"service", options.service}};
    if (!options.reason.empty()) arguments["reason"] = options.reason;
    if (!options.end.empty()) arguments["end"] = options.end;
    if (options.force) arguments["force"] = true;
    add_if_match(options.seen, arguments);
    HUTONG_ASSIGN(json::value result, ask(context, std::string("service.") + row.name, std::move(arguments)));
    std::string text = step_text(result);
    return Output{std::move(result), std::move(text)};
}

void add_step(Parser& parser, CLI::App& service, const StepRow& row) {
    auto options = std::make_shared<StepOptions>();
    CLI::App* command =
        parser.command(service, row.name, row.description,
                       [&row, options](const Context& context) { return take_step(context, row, *options); });
    command->add_option("service", options->service, "ORG/NAME")->required();
    CLI::Option* reason = command->add_option("--reason", options->reason, "why, for the service's history");
    if (row.needs_reason) reason->required();
    offer_if_match(*command, options->seen, "hutong service show");
    if (std::string_view(row.name) == "deprecate")
        command
            ->add_option("--end", options->end, "the day it ends, YYYY-MM-DD (UTC), or a time with its zone")
            ->required();
    if (std::string_view(row.name) == "offline" || std::string_view(row.name) == "deprecate")
        command->add_flag("--force", options->force,
                          "also when it takes announced time from consumers that hold grants");
}

Result<Output> retire(const Context& context, const StepOptions& options) {
    json::object arguments{{"service", options.service}};
    if (!options.reason.empty()) arguments["reason"] = options.reason;
    if (options.force) arguments["force"] = true;
    add_if_match(options.seen, arguments);
    HUTONG_ASSIGN(json::value result, ask(context, "service.retire", std::move(arguments)));
    std::string text = step_text(result);
    return Output{std::move(result), std::move(text)};
}

Result<Output> history(const Context& context, const std::string& service) {
    HUTONG_ASSIGN(json::value result, ask(context, "service.history", {{"service", service}}));
    std::string text = table_of(result, {{"AT", "at"},
                                         {"VERSION", "version"},
                                         {"FROM", "from"},
                                         {"TO", "to"},
                                         {"BY", "actor"},
                                         {"REASON", "reason"}});
    return Output{std::move(result), std::move(text)};
}

struct DiffOptions {
    std::string service, file;
    unsigned from{0}, to{0};
};

Result<Output> diff(const Context& context, const DiffOptions& options) {
    HUTONG_TRY(need_home(context));
    json::object arguments;
    if (!options.file.empty()) {
        HUTONG_ASSIGN(const wsdl::Bundle bundle, load_contract(context, options.file));
        arguments = contract_arguments(bundle);
    }
    arguments["service"] = options.service;
    if (options.from != 0) arguments["from"] = options.from;
    if (options.to != 0) arguments["to"] = options.to;
    HUTONG_ASSIGN(json::value result, ask(context, "service.diff", std::move(arguments)));
    std::string text = changes_text(result);
    if (text.empty()) text = "nothing that consumers see has changed";
    if (result.at("breaking").as_bool()) text += consumers_text(result, "they hold grants: ");
    return Output{std::move(result), std::move(text)};
}

void add_diff(Parser& parser, CLI::App& service) {
    auto options = std::make_shared<DiffOptions>();
    CLI::App* command =
        parser.command(service, "diff", "what changed between versions of a contract, and what it breaks",
                       [options](const Context& context) { return diff(context, *options); });
    command->add_option("service", options->service, "ORG/NAME")->required();
    command
        ->add_option("--from", options->from,
                     "a version; otherwise the one before, or with --file the present one")
        ->check(CLI::PositiveNumber);
    CLI::Option* to = command->add_option("--to", options->to, "a version; otherwise the present one")
                          ->check(CLI::PositiveNumber);
    command->add_option("--file", options->file, "a WSDL file that is not published yet, in place of --to")
        ->excludes(to);
}

// Each is completed by publishing a contract by that name.
Result<Output> drafts(const Context& context) {
    HUTONG_ASSIGN(json::value result, ask(context, "service.drafts"));
    std::string text = table_of(
        result, {{"SERVICE", "service"}, {"STATUS", "status"}, {"WSDL", "wsdl"}, {"UDDI KEY", "uddi_key"}});
    return Output{std::move(result), std::move(text)};
}

Result<Output> warnings(const Context& context, const std::string& consumer) {
    HUTONG_ASSIGN(json::value result, ask(context, "consumer.warnings", {{"consumer", consumer}}));
    std::string text = table_of(
        result,
        {{"SERVICE", "service"}, {"ENDS", "ends"}, {"OPERATIONS", "operations"}, {"REASON", "reason"}});
    if (result.as_array().empty()) text = "nothing that " + consumer + " may call is going to end";
    return Output{std::move(result), std::move(text)};
}

}  // namespace

void add_service_life_commands(Parser& parser, CLI::App& service) {
    for (const StepRow& row : rows) add_step(parser, service, row);
    add_diff(parser, service);
    parser.command(service, "drafts",
                   "services saved through UDDI with a WSDL, to be completed by publishing", drafts);
    auto options = std::make_shared<StepOptions>();
    CLI::App* away =
        parser.command(service, "retire", "take a service offline at once; refused while it has consumers",
                       [options](const Context& context) { return retire(context, *options); });
    away->add_option("service", options->service, "ORG/NAME")->required();
    away->add_option("--reason", options->reason, "why, for the service's history");
    offer_if_match(*away, options->seen, "hutong service show");
    away->add_flag("--force", options->force, "also when consumers hold grants for it; needs --reason");
    auto id = std::make_shared<std::string>();
    parser
        .command(service, "history", "what became of a service, when, by whom and why",
                 [id](const Context& context) { return history(context, *id); })
        ->add_option("service", *id, "ORG/NAME")
        ->required();
}

void add_warnings_command(Parser& parser, CLI::App& consumer) {
    auto id = std::make_shared<std::string>();
    parser
        .command(consumer, "warnings", "the services a consumer may call that are going to end",
                 [id](const Context& context) { return warnings(context, *id); })
        ->add_option("consumer", *id, "the consumer's id")
        ->required();
}

}  // namespace hutong::cli
