// hutong consumer password, saml, vouches.
#include <iostream>
#include <memory>

#include "base/bytes.hpp"
#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

namespace {

struct PasswordOptions {
    std::string consumer;
    bool generate{false};
    bool remove{false};
};

struct SamlOptions {
    std::string consumer, issuer, name_id;
    bool remove{false};
};

// One line of standard input, never an argument: those can be read by every user of the machine.
Result<std::string> password_from_input() {
    std::string line;
    if (!std::getline(std::cin, line) || line.empty())
        return invalid("give the password as one line on standard input, or let one be made with --generate");
    if (line.back() == '\r') line.pop_back();
    return line;
}

Result<Output> set_password(const Context& context, const PasswordOptions& options) {
    if (options.remove) {
        HUTONG_ASSIGN(json::value result,
                      ask(context, "consumer.password", {{"consumer", options.consumer}}));
        return Output{std::move(result), "consumer " + options.consumer + " has no password any more"};
    }
    std::string password;
    if (options.generate) {
        password = to_base64(random_bytes(24));
    } else {
        HUTONG_ASSIGN(password, password_from_input());
    }
    HUTONG_ASSIGN(json::value result, ask(context, "consumer.password",
                                          {{"consumer", options.consumer}, {"password", password}}));
    std::string text = "password of consumer " + options.consumer + " set";
    if (options.generate) {
        result.as_object()["password"] = password;
        text += "; it is shown this once: " + password;
    }
    return Output{std::move(result), std::move(text)};
}

Result<Output> bind_saml(const Context& context, const SamlOptions& options) {
    json::object arguments{
        {"consumer", options.consumer}, {"issuer", options.issuer}, {"name_id", options.name_id}};
    if (options.remove) arguments["remove"] = "yes";
    HUTONG_ASSIGN(json::value result, ask(context, "consumer.saml", std::move(arguments)));
    return Output{std::move(result), options.name_id + " of " + options.issuer +
                                         (options.remove ? " is no longer " : " is now ") + "consumer " +
                                         options.consumer};
}

}  // namespace

void add_credential_commands(Parser& parser, CLI::App& consumer) {
    auto password = std::make_shared<PasswordOptions>();
    CLI::App* set = parser.command(
        consumer, "password", "set a consumer's password for UsernameTokens, read from standard input",
        [password](const Context& context) { return set_password(context, *password); });
    set->add_option("id", password->consumer, "the consumer's id, which is its user name")->required();
    CLI::Option* generate =
        set->add_flag("--generate", password->generate, "make a password and show it once");
    set->add_flag("--remove", password->remove, "take the password away")->excludes(generate);

    auto saml = std::make_shared<SamlOptions>();
    CLI::App* bind =
        parser.command(consumer, "saml", "let a name in an issuer's SAML assertions be a consumer",
                       [saml](const Context& context) { return bind_saml(context, *saml); });
    bind->add_option("id", saml->consumer, "the consumer's id")->required();
    bind->add_option("issuer", saml->issuer, "the issuer's entity id (see security.saml_issuers)")
        ->required();
    bind->add_option("name-id", saml->name_id, "the NameID in its assertions")->required();
    bind->add_flag("--remove", saml->remove, "undo it");

    auto voucher = std::make_shared<std::pair<std::string, bool>>();
    CLI::App* vouches = parser.command(
        consumer, "vouches", "let a consumer vouch for the subjects of SAML assertions it sends",
        [voucher](const Context& context) -> Result<Output> {
            json::object arguments{{"consumer", voucher->first}};
            if (voucher->second) arguments["no"] = "yes";
            HUTONG_ASSIGN(json::value result, ask(context, "consumer.vouches", std::move(arguments)));
            return Output{std::move(result), "consumer " + voucher->first +
                                                 (voucher->second ? " may no longer" : " may now") +
                                                 " vouch for others"};
        });
    vouches->add_option("id", voucher->first, "the consumer's id")->required();
    vouches->add_flag("--no", voucher->second, "no longer");
}

}  // namespace hutong::cli
