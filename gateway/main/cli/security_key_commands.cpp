// hutong security-key make, list, grant, revoke.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

namespace {

struct KeyOptions {
    std::string name, org, kind{"p256"}, purpose{"sign"}, uri;
};

void add_make(Parser& parser, CLI::App& family) {
    auto options = std::make_shared<KeyOptions>();
    CLI::App* command = parser.command(
        family, "make", "make a key for an organisation's documents, and its certificate",
        [options](const Context& context) -> Result<Output> {
            json::object arguments{{"name", options->name},
                                   {"org", options->org},
                                   {"kind", options->kind},
                                   {"purpose", options->purpose}};
            if (!options->uri.empty()) arguments["uri"] = options->uri;
            HUTONG_ASSIGN(json::value result, ask(context, "security-key.make", std::move(arguments)));
            std::string text = "security key " + options->name + " of " + options->org + " (" +
                               text_of(result, "subject") + ") until " + text_of(result, "not_after");
            return Output{std::move(result), std::move(text)};
        });
    command->add_option("name", options->name, "the name by which applications ask for it")->required();
    command->add_option("--org", options->org, "whose key it is; its consumers may use it")->required();
    command->add_option("--kind", options->kind, "rsa, p256 or sm2")
        ->check(CLI::IsMember({"rsa", "p256", "sm2"}))
        ->capture_default_str();
    command->add_option("--purpose", options->purpose, "sign, or decrypt (rsa only)")
        ->check(CLI::IsMember({"sign", "decrypt"}))
        ->capture_default_str();
    command->add_option("--uri", options->uri,
                        "where it is made: pkcs11:token=LABEL;object=LABEL; a file of this node by default");
}

void add_change(Parser& parser, CLI::App& family, const std::string& verb, const std::string& about,
                const std::string& outcome) {
    auto options = std::make_shared<KeyOptions>();
    CLI::App* command = parser.command(
        family, verb, about, [options, verb, outcome](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result, ask(context, "security-key." + verb,
                                                  {{"name", options->name}, {"org", options->org}}));
            return Output{std::move(result), "consumers of " + options->org + outcome + options->name};
        });
    command->add_option("name", options->name, "the key's name (hutong security-key list)")->required();
    command->add_option("org", options->org, "the organisation")->required();
}

}  // namespace

void add_security_key_commands(Parser& parser) {
    CLI::App* family =
        parser.app.add_subcommand("security-key", "keys that applications use through the security service");
    family->require_subcommand(1);
    add_make(parser, *family);
    parser.command(
        *family, "list", "list them and who may use them", [](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result, ask(context, "security-key.list"));
            std::string text = table_of(
                result,
                {{"NAME", "name"}, {"ORG", "org"}, {"KIND", "kind"}, {"PURPOSE", "purpose"}, {"URI", "uri"}});
            return Output{std::move(result), std::move(text)};
        });
    add_change(parser, *family, "grant", "let an organisation's consumers use a key",
               " may now use the key ");
    add_change(parser, *family, "revoke", "let them use it no longer", " may no longer use the key ");
}

}  // namespace hutong::cli
