// hutong account: those who act for an agency.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/text.hpp"

namespace hutong::cli {

namespace {

struct AddOptions {
    std::string name, role, org;
};

std::string temporary(const json::value& result, const std::string& name) {
    return "temporary password, shown this once: " + text_of(result, "password") +
           "\nits owner changes it: hutong officers password --as " + name;
}

Result<Output> add(const Context& context, const AddOptions& options) {
    HUTONG_ASSIGN(
        json::value result,
        ask(context, "account.add", {{"name", options.name}, {"role", options.role}, {"org", options.org}}));
    std::string text = temporary(result, options.name);
    return Output{std::move(result), std::move(text)};
}

Result<Output> list(const Context& context, const std::string& org) {
    json::object arguments;
    if (!org.empty()) arguments["org"] = org;
    HUTONG_ASSIGN(json::value result, ask(context, "account.list", std::move(arguments)));
    std::string text = table_of(result, {{"NAME", "name"},
                                         {"ORG", "org"},
                                         {"ROLE", "role"},
                                         {"DISABLED", "disabled"},
                                         {"TEMPORARY", "temporary"},
                                         {"TOTP", "totp"},
                                         {"CERTIFICATE", "certificate"},
                                         {"LOCKED UNTIL", "locked_until"},
                                         {"SIGNED IN", "signed_in"}});
    return Output{std::move(result), std::move(text)};
}

Result<Output> reset(const Context& context, const std::string& name) {
    HUTONG_ASSIGN(json::value result, ask(context, "account.reset", {{"name", name}}));
    std::string text = temporary(result, name);
    return Output{std::move(result), std::move(text)};
}

void add_simple(Parser& parser, CLI::App& account) {
    struct Simple {
        const char *name, *description, *done;
    };
    for (const Simple& one : {Simple{"disable", "let an account do nothing any more", "disabled"},
                              Simple{"enable", "let a disabled account work again", "enabled"},
                              Simple{"unlock", "end the lock after wrong tries", "unlocked"}}) {
        auto name = std::make_shared<std::string>();
        parser
            .command(account, one.name, one.description,
                     [name, one](const Context& context) -> Result<Output> {
                         HUTONG_ASSIGN(json::value result,
                                       ask(context, std::string("account.") + one.name, {{"name", *name}}));
                         return Output{std::move(result), "account " + *name + " is " + one.done};
                     })
            ->add_option("name", *name, "the account")
            ->required();
    }
}

}  // namespace

void add_account_commands(Parser& parser) {
    CLI::App* account = parser.app.add_subcommand(
        "account", "accounts of agencies: publishers, approvers, developers; they sign in as officers do");
    account->require_subcommand(1);
    auto added = std::make_shared<AddOptions>();
    CLI::App* command = parser.command(*account, "add", "make an account of one organisation, for ever",
                                       [added](const Context& context) { return add(context, *added); });
    command->add_option("name", added->name, "the person's account name")->required();
    command->add_option("--org", added->org, "whom it acts for")->required();
    command->add_option("--role", added->role, "publisher (发布员), approver (审批员) or developer (开发者)")
        ->required()
        ->check(CLI::IsMember({"publisher", "approver", "developer"}));
    auto org = std::make_shared<std::string>();
    parser
        .command(*account, "list", "list the accounts",
                 [org](const Context& context) { return list(context, *org); })
        ->add_option("--org", *org, "of one organisation");
    add_simple(parser, *account);
    auto name = std::make_shared<std::string>();
    parser
        .command(*account, "reset", "give an account a temporary password and take everything else away",
                 [name](const Context& context) { return reset(context, *name); })
        ->add_option("name", *name, "the account")
        ->required();
}

}  // namespace hutong::cli
