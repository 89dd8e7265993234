// hutong grant, grant request, list, accept, refuse, withdraw; ungrant.
#include <array>
#include <memory>

#include <CLI/Error.hpp>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

namespace {

struct GrantOptions {
    std::string consumer, service, operation, reason;
    json::object arguments() const {
        json::object given{{"consumer", consumer}, {"service", service}};
        if (!operation.empty()) given["operation"] = operation;
        if (!reason.empty()) given["reason"] = reason;
        return given;
    }
    std::string what() const {
        return operation.empty() ? "every operation of " + service : operation + " of " + service;
    }
};

using Shared = std::shared_ptr<GrantOptions>;

Work give_or_take(const char* name, const char* outcome, Shared options) {
    return [=](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, name, options->arguments()));
        return Output{std::move(result), options->consumer + outcome + options->what()};
    };
}

std::array<CLI::Option*, 2> add_grant_options(CLI::App& command, GrantOptions& options) {
    CLI::Option* consumer = command.add_option("consumer", options.consumer, "the consumer's id");
    CLI::Option* service = command.add_option("service", options.service, "ORG/NAME");
    command.add_option("--operation", options.operation, "this operation only; otherwise every one");
    return {consumer, service};
}

std::string request_text(const json::value& request) {
    const std::string operation = text_of(request, "operation");
    return "request " + text_of(request, "id") + " of " + text_of(request, "consumer") + " (" +
           text_of(request, "consumer_org") + ") for " + (operation.empty() ? "every operation" : operation) +
           " of " + text_of(request, "service") + " is " + text_of(request, "state");
}

void add_request(Parser& parser, CLI::App& grant) {
    auto options = std::make_shared<GrantOptions>();
    CLI::App* command = parser.command(
        grant, "request", "ask the organisation that owns a service for a grant",
        [options](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result, ask(context, "grant.request", options->arguments()));
            std::string text = request_text(result);
            return Output{std::move(result), std::move(text)};
        });
    for (CLI::Option* option : add_grant_options(*command, *options)) option->required();
    command->add_option("--reason", options->reason, "what the consumer needs it for")->required();
}

void add_list(Parser& parser, CLI::App& grant) {
    struct Filter {
        std::string consumer, service, state;
    };
    auto filter = std::make_shared<Filter>();
    CLI::App* command = parser.command(grant, "list", "what was asked for, by whom, and what became of it",
                                       [filter](const Context& context) -> Result<Output> {
                                           json::object arguments;
                                           if (!filter->consumer.empty())
                                               arguments["consumer"] = filter->consumer;
                                           if (!filter->service.empty())
                                               arguments["service"] = filter->service;
                                           if (!filter->state.empty()) arguments["state"] = filter->state;
                                           HUTONG_ASSIGN(json::value result,
                                                         ask(context, "grant.list", std::move(arguments)));
                                           std::string text = table_of(result, {{"ID", "id"},
                                                                                {"STATE", "state"},
                                                                                {"CONSUMER", "consumer"},
                                                                                {"OF", "consumer_org"},
                                                                                {"SERVICE", "service"},
                                                                                {"OPERATION", "operation"},
                                                                                {"REASON", "reason"},
                                                                                {"DECISION", "decision"}});
                                           return Output{std::move(result), std::move(text)};
                                       });
    command->add_option("--consumer", filter->consumer, "of this consumer only");
    command->add_option("--service", filter->service, "for this service only, ORG/NAME");
    command->add_option("--state", filter->state, "waiting, accepted, refused or withdrawn")
        ->check(CLI::IsMember({"waiting", "accepted", "refused", "withdrawn"}));
}

void add_decision(Parser& parser, CLI::App& grant, const char* name, const char* description) {
    struct Decision {
        std::string id, reason;
    };
    auto decision = std::make_shared<Decision>();
    CLI::App* command =
        parser.command(grant, name, description, [=](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result, ask(context, std::string("grant.") + name,
                                                  {{"id", decision->id}, {"reason", decision->reason}}));
            std::string text = request_text(result);
            return Output{std::move(result), std::move(text)};
        });
    command->add_option("id", decision->id, "from hutong grant list")->required();
    command->add_option("--reason", decision->reason, "why, for who asked and for the record")->required();
}

// Commands stand below it, so what it needs itself is looked at when it turns out that none of them was
// meant.
void add_grant(Parser& parser) {
    CLI::App* grant = parser.app.add_subcommand("grant", "let a consumer call a service");
    auto options = std::make_shared<GrantOptions>();
    add_grant_options(*grant, *options);
    add_request(parser, *grant);
    add_list(parser, *grant);
    add_decision(parser, *grant, "accept", "give what was asked for");
    add_decision(parser, *grant, "refuse", "do not give it");
    add_decision(parser, *grant, "withdraw", "ask for it no more");
    grant->callback([grant, options, &chosen = parser.chosen] {
        const bool below = !grant->get_subcommands().empty();
        if (below && !options->consumer.empty()) throw CLI::ExtrasError("grant", {options->consumer});
        if (below) return;
        if (options->consumer.empty()) throw CLI::RequiredError("consumer");
        if (options->service.empty()) throw CLI::RequiredError("service");
        chosen = give_or_take("grant", " may now call ", options);
    });
}

}  // namespace

void add_grant_commands(Parser& parser) {
    add_grant(parser);
    auto options = std::make_shared<GrantOptions>();
    CLI::App* ungrant = parser.command(parser.app, "ungrant", "take a grant back",
                                       give_or_take("ungrant", " may no longer call ", options));
    for (CLI::Option* option : add_grant_options(*ungrant, *options)) option->required();
}

}  // namespace hutong::cli
