// hutong proposals, audit, commands.
#include <iostream>
#include <iterator>
#include <memory>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/credential.hpp"
#include "gateway/main/cli/text.hpp"
#include "gateway/main/files.hpp"

namespace hutong::cli {

namespace {

std::string members(const json::value& object) {
    std::string text;
    for (const auto& member : object.as_object()) {
        const std::string value = text_of(object, member.key());
        if (!value.empty()) text += std::string(member.key()) + ": " + one_line(value) + "\n";
    }
    return text;
}

Result<Output> list(const Context& context) {
    HUTONG_ASSIGN(json::value result, ask(context, "proposals.list"));
    std::string text = table_of(result, {{"ID", "id"},
                                         {"STATE", "state"},
                                         {"COMMAND", "command"},
                                         {"BY", "proposer"},
                                         {"DECIDED BY", "decided_by"},
                                         {"EXPIRES", "expires"},
                                         {"OUTCOME", "outcome"}});
    return Output{std::move(result), std::move(text)};
}

// What the approved command made goes into a file, as if it had been given with --out: a certificate, or a
// CA's request.
Result<Output> approve(const Context& context, const std::string& id, const std::string& out_file) {
    if (!out_file.empty()) HUTONG_TRY(can_be_written(out_file));
    HUTONG_ASSIGN(json::value result, ask(context, "proposals.approve", {{"id", id}}));
    std::string text = members(result);
    if (out_file.empty()) return Output{std::move(result), std::move(text)};
    std::string made = text_of(result.at("result"), "pem");
    if (made.empty()) made = text_of(result.at("result"), "request");
    const std::string done = "proposal " + id + " is approved and done, but ";
    if (made.empty()) return invalid(done + "it made nothing that could be written into " + out_file);
    if (const auto written = replace_file(out_file, made, 0644); !written)
        return written.error().at(done + "its result could not be written (hutong cert show)");
    return Output{std::move(result), text + "written: " + out_file};
}

CLI::App* add_proposals(Parser& parser) {
    CLI::App* proposals = parser.app.add_subcommand("proposals", "commands that wait for a second person");
    proposals->require_subcommand(1);
    parser.command(*proposals, "list", "list the newest", list);
    struct Simple {
        const char *name, *description;
    };
    for (const Simple& one :
         {Simple{"show", "show exactly what would be done"}, Simple{"refuse", "refuse as another person"},
          Simple{"withdraw", "take back one's own"}}) {
        auto id = std::make_shared<std::string>();
        parser
            .command(*proposals, one.name, one.description,
                     [id, one](const Context& context) -> Result<Output> {
                         HUTONG_ASSIGN(json::value result,
                                       ask(context, std::string("proposals.") + one.name, {{"id", *id}}));
                         std::string text = members(result);
                         return Output{std::move(result), std::move(text)};
                     })
            ->add_option("id", *id, "the proposal (hutong proposals list)")
            ->required();
    }
    return proposals;
}

void add_approve(Parser& parser, CLI::App& proposals) {
    auto options = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* command = parser.command(
        proposals, "approve", "approve as the second person: it is done at once",
        [options](const Context& context) { return approve(context, options->first, options->second); });
    command->add_option("id", options->first, "the proposal (hutong proposals list)")->required();
    command->add_option("--out", options->second, "where what it makes goes, a certificate for one (PEM)");
}

struct AuditOptions {
    std::string since, officer, command, outcome;
    long limit{100};
};

Result<Output> audit(const Context& context, const AuditOptions& options) {
    json::object arguments{{"limit", options.limit}};
    for (const auto& [name, value] :
         {std::pair("since", options.since), std::pair("officer", options.officer),
          std::pair("command", options.command), std::pair("outcome", options.outcome)})
        if (!value.empty()) arguments[name] = value;
    HUTONG_ASSIGN(json::value result, ask(context, "audit.list", std::move(arguments)));
    std::string text = table_of(result, {{"TIME", "time"},
                                         {"COMMAND", "command"},
                                         {"OUTCOME", "outcome"},
                                         {"OFFICER", "officer"},
                                         {"APPROVED BY", "approved_by"},
                                         {"WHO", "who"},
                                         {"REASON", "reason"},
                                         {"ARGUMENTS", "arguments"}});
    return Output{std::move(result), std::move(text)};
}

Result<Output> accounts(const Context& context) {
    HUTONG_ASSIGN(json::value result, ask(context, "audit.accounts"));
    int exit_code = 0;
    for (const json::value& one : result.as_array())
        if (text_of(one, "state") == "ALTERED") exit_code = 1;
    std::string text = table_of(
        result, {{"NAME", "name"}, {"ROLE", "role"}, {"JOURNAL", "journaled_role"}, {"STATE", "state"}});
    return Output{std::move(result), std::move(text), exit_code};
}

void add_audit(Parser& parser) {
    CLI::App* top = parser.app.add_subcommand("audit", "what was commanded on this node, for auditors");
    top->require_subcommand(1);
    parser.command(*top, "accounts",
                   "compare the officers' accounts with what this node's journal has of them", accounts);
    auto options = std::make_shared<AuditOptions>();
    CLI::App* command =
        parser.command(*top, "list", "list commands, refused or done, newest first",
                       [options](const Context& context) { return audit(context, *options); });
    command->add_option("--since", options->since, "from this time on (2026-11-23T08:00:00Z)");
    command->add_option("--officer", options->officer, "of this officer only");
    command->add_option("--command", options->command, "this command only (hutong commands)");
    command->add_option("--outcome", options->outcome, "ok, begun, proposed, refused, …");
    command->add_option("--limit", options->limit, "at most so many; 100 by default")
        ->check(CLI::Range(1, 10'000));
}

Result<Output> commands(const Context& context) {
    HUTONG_ASSIGN(json::value result, ask(context, "commands.list"));
    std::string text = table_of(result, {{"COMMAND", "command"},
                                         {"EFFECT", "effect"},
                                         {"WHO", "who"},
                                         {"ROLES", "roles"},
                                         {"SECOND PERSON", "second"}});
    return Output{std::move(result), std::move(text)};
}

// Any row of the table, with its arguments as JSON on standard input, since some of them are secrets.
Result<Output> any_command(const Context& context, const std::string& name) {
    std::string text;
    if (!at_a_terminal()) text.assign(std::istreambuf_iterator<char>(std::cin), {});
    boost::system::error_code wrong;
    json::value arguments = text.empty() ? json::value(json::object()) : json::parse(text, wrong);
    if (wrong || !arguments.is_object()) return invalid("standard input holds no JSON object of arguments");
    HUTONG_ASSIGN(json::value result, ask(context, name, std::move(arguments.get_object())));
    std::string shown = json::serialize(result);
    return Output{std::move(result), std::move(shown)};
}

}  // namespace

void add_proposal_commands(Parser& parser) {
    add_approve(parser, *add_proposals(parser));
    add_audit(parser);
    parser.command(parser.app, "commands", "every administration command and whose work it is", commands);
    auto name = std::make_shared<std::string>();
    parser
        .command(parser.app, "command", "give any of them, with its arguments as JSON on standard input",
                 [name](const Context& context) { return any_command(context, *name); })
        ->add_option("name", *name, "its name (hutong commands)")
        ->required();
}

}  // namespace hutong::cli
