// hutong officers: accounts, their credentials, separation, recovery, two persons.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/credential.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/pem.hpp"
#include "security/access/possession.hpp"
#include "security/keys/private_file.hpp"

namespace hutong::cli {

namespace {

Result<Output> login(const Context& context) {
    HUTONG_TRY(need_home(context));
    HUTONG_ASSIGN(json::object credential, fresh_credential_of(context));
    HUTONG_ASSIGN(json::value result, ask_with(context, "me.sign-in", {}, std::move(credential)));
    HUTONG_TRY(keep_session(context, text_of(result, "token")));
    result.as_object().erase("token");
    std::string text = "signed in as " + text_of(result, "officer") + " (" + text_of(result, "role") +
                       ") until " + text_of(result, "expires");
    for (const json::value& notice : result.at("notices").as_array())
        text += "\n! " + std::string(notice.as_string());
    if (const std::string unready = text_of(result, "unready"); !unready.empty()) text += "\n! " + unready;
    return Output{std::move(result), std::move(text)};
}

Result<Output> logout(const Context& context) {
    Result<json::value> result = ask(context, "me.sign-out");
    forget_session(context);
    if (result.has_error()) return result.error();
    return Output{std::move(*result), "signed out " + context.as + " everywhere"};
}

// What was just typed as the credential, or once more.
Result<std::string> present_password(const json::object& credential) {
    if (const json::value* given = credential.if_contains("password"))
        return std::string(given->get_string());
    return ask_secret("present password: ");
}

Result<Output> change_password(const Context& context) {
    HUTONG_TRY(need_home(context));
    if (context.as.empty())
        return invalid("say whose password: --as NAME; of another officer: hutong officers reset");
    HUTONG_ASSIGN(json::object credential, credential_of(context));
    HUTONG_ASSIGN(const std::string current, present_password(credential));
    HUTONG_ASSIGN(const std::string password, ask_secret("new password: "));
    if (at_a_terminal()) {
        HUTONG_ASSIGN(const std::string again, ask_secret("once more: "));
        if (again != password) return invalid("the two are not the same: nothing was changed");
    }
    HUTONG_ASSIGN(json::value result,
                  ask_with(context, "me.password", {{"current", current}, {"password", password}},
                           std::move(credential)));
    forget_session(context);
    return Output{std::move(result),
                  "the password of " + context.as + " is changed; every session of it has ended"};
}

Result<Output> confirm_codes(const Context& context) {
    HUTONG_TRY(need_home(context));
    HUTONG_ASSIGN(json::object credential, credential_of(context));
    HUTONG_ASSIGN(const std::string code, ask_secret("one-time code of the new secret: "));
    HUTONG_ASSIGN(json::value result,
                  ask_with(context, "me.totp.confirm", {{"code", code}}, std::move(credential)));
    forget_session(context);
    return Output{std::move(result), "from now on " + context.as + " needs a one-time code to sign in"};
}

Result<Output> enrol_codes(const Context& context) {
    HUTONG_TRY(need_home(context));
    if (context.as.empty()) return invalid("say who enrols: --as NAME");
    HUTONG_ASSIGN(json::object credential, credential_of(context));
    HUTONG_ASSIGN(const std::string current, present_password(credential));
    HUTONG_ASSIGN(json::value result,
                  ask_with(context, "me.totp", {{"current", current}}, std::move(credential)));
    std::string text = "shown this once, for the authenticator app:\n" + text_of(result, "uri") +
                       "\nsecret: " + text_of(result, "secret") +
                       "\nthen its first code: hutong officers totp --confirm --as " + context.as;
    return Output{std::move(result), std::move(text)};
}

struct CertificateOptions {
    std::string file, key_file, proof_file;
    bool remove{false};
};

// That the certificate's key is the officer's: signed here, or elsewhere where the key cannot leave a token.
Result<std::string> proof_of(const Context& context, const CertificateOptions& options,
                             std::string_view pem) {
    HUTONG_ASSIGN(const Bytes der, certificate_from_pem(pem));
    const std::string statement = security::certificate_statement(context.as, to_hex(sha256(der)));
    if (!options.proof_file.empty()) {
        HUTONG_ASSIGN(const std::string signature, read_file(options.proof_file, 64u << 10));
        return to_base64(as_bytes(signature));
    }
    if (options.key_file.empty())
        return invalid(
            "show that the certificate's key is yours: --key KEYFILE, or --proof FILE with what this makes: "
            "printf %s '" +
            statement + "' | openssl dgst -sha256 -sign KEY -out FILE");
    HUTONG_ASSIGN(const std::string key, security::read_private_file(options.key_file));
    HUTONG_ASSIGN(const Bytes signature, security::prove_possession(key, options.key_file, statement));
    return to_base64(signature);
}

Result<Output> bind_certificate(const Context& context, const CertificateOptions& options) {
    HUTONG_TRY(need_home(context));
    if (context.as.empty()) return invalid("say whose certificate: --as NAME");
    json::object arguments;
    const std::string& file = options.file;
    if (!file.empty()) {
        HUTONG_ASSIGN(const std::string pem, read_file(file, 1u << 20));
        HUTONG_ASSIGN(const std::string proof, proof_of(context, options, pem));
        arguments = {{"certificate", pem}, {"proof", proof}};
    }
    HUTONG_ASSIGN(json::object credential, credential_of(context));
    HUTONG_ASSIGN(const std::string current, present_password(credential));
    arguments["current"] = current;
    HUTONG_ASSIGN(json::value result,
                  ask_with(context, "me.certificate", std::move(arguments), std::move(credential)));
    forget_session(context);
    return Output{std::move(result), file.empty() ? "no certificate speaks for " + context.as + " any more"
                                                  : "the certificate speaks for " + context.as};
}

Result<Output> list(const Context& context) {
    HUTONG_ASSIGN(json::value result, ask(context, "officers.list"));
    std::string text = table_of(result, {{"NAME", "name"},
                                         {"ROLE", "role"},
                                         {"DISABLED", "disabled"},
                                         {"TEMPORARY", "temporary"},
                                         {"TOTP", "totp"},
                                         {"CERTIFICATE", "certificate"},
                                         {"LOCKED UNTIL", "locked_until"},
                                         {"SIGNED IN", "signed_in"}});
    return Output{std::move(result), std::move(text)};
}

std::string temporary(const json::value& result, const std::string& name) {
    return "temporary password, shown this once: " + text_of(result, "password") +
           "\nthe officer changes it: hutong officers password --as " + name;
}

void add_account_commands(Parser& parser, CLI::App& officers) {
    auto added = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* add = parser.command(
        officers, "add", "make an account with one role, for ever",
        [added](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result,
                          ask(context, "officers.add", {{"name", added->first}, {"role", added->second}}));
            return Output{result, temporary(result, added->first)};
        });
    add->add_option("name", added->first, "the person's account name")->required();
    add->add_option(
           "--role", added->second,
           "system (系统管理员), security (安全管理员), auditor (审计管理员) or registrar (注册管理员)")
        ->required()
        ->check(CLI::IsMember({"system", "security", "auditor", "registrar"}));
    parser.command(officers, "list", "list the accounts", list);

    struct Simple {
        const char *name, *command, *description, *done;
    };
    for (const Simple& one :
         {Simple{"disable", "officers.disable", "let an account do nothing any more", "disabled"},
          Simple{"enable", "officers.enable", "let a disabled account work again", "enabled"},
          Simple{"unlock", "officers.unlock", "end the lock after wrong tries", "unlocked"}}) {
        auto name = std::make_shared<std::string>();
        parser
            .command(officers, one.name, one.description,
                     [name, one](const Context& context) -> Result<Output> {
                         HUTONG_ASSIGN(json::value result, ask(context, one.command, {{"name", *name}}));
                         return Output{std::move(result), "officer " + *name + " is " + one.done};
                     })
            ->add_option("name", *name, "the account")
            ->required();
    }
    auto name = std::make_shared<std::string>();
    parser
        .command(officers, "reset", "give another officer a temporary password and take everything else away",
                 [name](const Context& context) -> Result<Output> {
                     HUTONG_ASSIGN(json::value result, ask(context, "officers.reset", {{"name", *name}}));
                     return Output{result, temporary(result, *name)};
                 })
        ->add_option("name", *name, "the account")
        ->required();
}

void add_own_commands(Parser& parser, CLI::App& officers) {
    parser.command(officers, "login", "sign in and keep a session for some minutes (--as NAME)", login);
    parser.command(officers, "logout", "end every session of one's own (--as NAME)", logout);
    parser.command(officers, "password", "set one's own password (--as NAME)", change_password);
    auto confirm = std::make_shared<bool>(false);
    parser
        .command(officers, "totp", "enrol an authenticator app for one-time codes (--as NAME)",
                 [confirm](const Context& context) {
                     return *confirm ? confirm_codes(context) : enrol_codes(context);
                 })
        ->add_flag("--confirm", *confirm, "give the first code; only then the codes are needed");
    auto options = std::make_shared<CertificateOptions>();
    CLI::App* certificate = parser.command(
        officers, "certificate", "bind a client certificate for mutual TLS on the JSON API (--as NAME)",
        [options](const Context& context) -> Result<Output> {
            if (options->file.empty() != options->remove)
                return invalid("give the certificate's file, or --remove");
            return bind_certificate(context, *options);
        });
    CLI::Option* given = certificate->add_option("file", options->file, "the certificate (PEM)");
    certificate
        ->add_option("--key", options->key_file, "its private key (PEM, mode 0600): stays here, and signs")
        ->needs(given);
    certificate
        ->add_option("--proof", options->proof_file, "instead: what the key signed, as openssl writes it")
        ->needs(given);
    certificate->add_flag("--remove", options->remove, "take it away")->excludes(given);
}

void add_separation_commands(Parser& parser, CLI::App& officers) {
    parser.command(officers, "separate", "separate the three officers for ever",
                   [](const Context& context) -> Result<Output> {
                       HUTONG_ASSIGN(json::value result, ask(context, "officers.separate"));
                       return Output{
                           std::move(result),
                           "the officers are separated: from now on each command needs --as OFFICER"};
                   });
    auto name = std::make_shared<std::string>();
    parser
        .command(officers, "recover",
                 "the owner's way back to an account nobody can use; seen by every officer",
                 [name](const Context& context) -> Result<Output> {
                     HUTONG_ASSIGN(json::value result, ask(context, "officers.recover", {{"name", *name}}));
                     return Output{result, "every officer is told; at " + text_of(result, "effective") +
                                               " it can be finished: hutong officers recovery finish"};
                 })
        ->add_option("name", *name, "the account")
        ->required();
    CLI::App* recovery = officers.add_subcommand("recovery", "a recovery that is under way");
    recovery->require_subcommand(1);
    parser.command(*recovery, "finish", "once it is due: make a temporary password",
                   [](const Context& context) -> Result<Output> {
                       HUTONG_ASSIGN(json::value result, ask(context, "officers.recovery.finish"));
                       return Output{result, temporary(result, text_of(result, "officer"))};
                   });
    parser.command(*recovery, "stop", "an officer's veto", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "officers.recovery.stop"));
        return Output{std::move(result), "the recovery is stopped"};
    });
}

void add_two_persons(Parser& parser, CLI::App& officers) {
    auto choice = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* two = parser.command(
        officers, "two-persons", "show or set which commands need two persons",
        [choice](const Context& context) -> Result<Output> {
            const auto& [command, state] = *choice;
            if (command.empty()) {
                HUTONG_ASSIGN(json::value result, ask(context, "two-persons.list"));
                std::string text = table_of(
                    result, {{"COMMAND", "command"}, {"TWO PERSONS", "two_persons"}, {"ALWAYS", "always"}});
                return Output{std::move(result), std::move(text)};
            }
            if (state.empty())
                return invalid("say on or off: hutong officers two-persons " + command + " on");
            HUTONG_ASSIGN(json::value result, ask(context, "two-persons." + state, {{"command", command}}));
            const std::string commands = text_of(result, "commands");
            return Output{std::move(result), "two persons are " +
                                                 std::string(state == "on" ? "" : "no longer ") +
                                                 "needed for: " + commands};
        });
    two->add_option("command", choice->first, "a command (hutong commands)");
    two->add_option("state", choice->second, "on or off")->check(CLI::IsMember({"on", "off"}));
}

}  // namespace

void add_officer_commands(Parser& parser) {
    CLI::App* officers =
        parser.app.add_subcommand("officers", "system administrators, security officers, auditors");
    officers->require_subcommand(1);
    add_account_commands(parser, *officers);
    add_own_commands(parser, *officers);
    add_separation_commands(parser, *officers);
    add_two_persons(parser, *officers);
}

}  // namespace hutong::cli
