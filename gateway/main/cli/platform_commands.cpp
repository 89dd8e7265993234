// hutong init, join, serve, config, version, completion.
#include <cstdio>
#include <memory>

#include "base/config/config.hpp"
#include "completion.hpp"
#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/daemon/daemon.hpp"
#include "gateway/main/setup/founding.hpp"
#include "gateway/main/setup/joining.hpp"
#include "security/journal/seal_frame.hpp"
#include "security/xmldsig/algorithm_names.hpp"
#include "version.hpp"

namespace hutong::cli {

namespace {

Result<Output> init(const Context& context, const setup::FoundingOptions& options) {
    HUTONG_ASSIGN(const setup::Founded founded, setup::found(context.home, options));
    const Home& home = context.home;
    json::object value{{"home", home.root.string()},
                       {"node", founded.node},
                       {"public_url", founded.public_url},
                       {"database", founded.embedded ? "embedded" : "url"},
                       {"hints", json::array(founded.hints.begin(), founded.hints.end())}};
    std::string text = "platform founded in " + home.root.string() + "\n" + "  node           " +
                       founded.node + "\n" + "  public URL     " + founded.public_url + "\n" +
                       "  configuration  " + home.config().string() + "\n" + "  CA keys        " +
                       home.pki().string() + " (secret: back them up, off this machine)\n" +
                       "  node keys      " + home.keys().string() + " (secret)\n" + "  database       " +
                       (founded.embedded ? home.pg().string() : "as given by --database") + "\n";
    for (const std::string& hint : founded.hints) text += "note: " + hint + "\n";
    text += "next: hutong serve --home " + home.root.string();
    return Output{std::move(value), std::move(text)};
}

Result<Output> join(const Context& context, const setup::JoiningOptions& options) {
    HUTONG_ASSIGN(const setup::Joined joined, setup::join(context.home, options, [](const std::string& line) {
                      std::fprintf(stderr, "hutong: %s\n", line.c_str());
                  }));
    return Output{
        json::object{
            {"home", context.home.root.string()}, {"node", joined.node}, {"public_url", joined.public_url}},
        "node " + joined.node + " is in\nnext: hutong serve --home " + context.home.root.string()};
}

template <class Options>
void add_addresses(CLI::App& command, Options& options) {
    command.add_option("--http", options.http,
                       "ADDR:PORT of the HTTP listener; port 0: any; 127.0.0.1:8080 by default");
    command.add_option("--https", options.https, "ADDR:PORT of the HTTPS listener; 0.0.0.0:8443 by default");
    command.add_option("--public-url", options.public_url,
                       "how callers reach this platform: https://NAME:PORT");
    command.add_flag("--sm2", options.sm2, "with SM2 keys beside the others, for the national algorithms");
    const auto file = [&command](const char* name, std::string& member, const char* help) {
        command.add_option_function<std::string>(
            name, [&member](const std::string& given) { member = std::filesystem::absolute(given).string(); },
            help);
    };
    file("--passphrase-file", options.keys.passphrase_file,
         "FILE whose first line encrypts key files; mode 0600");
    file("--pkcs11-module", options.keys.pkcs11_module, "library of the token that --key speaks of");
    file("--pin-file", options.keys.pin_file, "FILE with the token's PIN; mode 0600");
    command.add_option_function<std::vector<std::string>>(
        "--key",
        [&options](const std::vector<std::string>& all) {
            for (const std::string& one : all) {
                const std::size_t equals = one.find('=');
                if (equals == std::string::npos)
                    throw CLI::ValidationError("--key", one + " is not written NAME=URI");
                options.keys.uri[one.substr(0, equals)] = one.substr(equals + 1);
            }
        },
        "NAME=URI: make that key there, such as sign-rsa=\"pkcs11:token=LABEL;object=sign-rsa\"; may be "
        "repeated");
}

void add_init(Parser& parser) {
    auto options = std::make_shared<setup::FoundingOptions>();
    CLI::App* command = parser.command(parser.app, "init", "found a platform in a new folder",
                                       [options](const Context& context) { return init(context, *options); });
    command->add_option("--database", options->database,
                        "PostgreSQL URL; otherwise an embedded one in the home");
    add_addresses(*command, *options);
}

void add_join(Parser& parser) {
    struct Given {
        setup::JoiningOptions options;
        long wait{120};
    };
    auto given = std::make_shared<Given>();
    CLI::App* command =
        parser.command(parser.app, "join", "bring this machine into a platform as a further node",
                       [given](const Context& context) {
                           given->options.patience = std::chrono::seconds(given->wait);
                           return join(context, given->options);
                       });
    command->add_option("--database", given->options.database, "PostgreSQL URL of the platform")->required();
    command->add_option("--token", given->options.token, "from hutong node invite")->required();
    command->add_option("--wait", given->wait, "seconds to wait for the founding node; 120 by default")
        ->check(CLI::Range(1, 86400));
    add_addresses(*command, given->options);
}

Result<Output> check_config(const Context& context) {
    if (context.home.root.empty())
        return invalid("no home folder is given: use --home DIR or set HUTONG_HOME");
    const std::filesystem::path file = context.home.config();
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return not_found("there is no " + file.string());
    HUTONG_ASSIGN(const config::Config config, config::load(file));
    HUTONG_TRY(security::check_algorithm_names(config.trust_domains));
    if (!config.journal.archive.empty())
        HUTONG_TRY(security::journal::check_archive(context.home.journal(),
                                                    context.home.root / config.journal.archive));
    return Output{json::object{{"file", file.string()}, {"valid", true}}, file.string() + " is valid"};
}

Result<Output> configuration_history(const Context& context, std::int64_t limit) {
    HUTONG_ASSIGN(json::value result, ask(context, "config.history", {{"limit", limit}}));
    std::string text;
    for (const json::value& one : result.as_array()) {
        text += text_of(one, "time") + "  sha256:" + text_of(one, "digest") + "\n";
        for (const json::value& change : one.at("changes").as_array())
            text += "    " + text_of(change, "field") + ": " + text_of(change, "old") + " -> " +
                    text_of(change, "new") + "\n";
    }
    return Output{std::move(result), std::move(text)};
}

Result<Output> serve(const Context& context) {
    HUTONG_TRY(need_home(context));
    HUTONG_TRY(daemon::serve(context.home));
    return Output{json::object{{"stopped", true}}, ""};
}

}  // namespace

void add_platform_commands(Parser& parser) {
    add_init(parser);
    add_join(parser);
    parser.command(parser.app, "serve", "run the node in the foreground until SIGTERM", serve);

    CLI::App* configuration = parser.app.add_subcommand("config", "the configuration file");
    configuration->require_subcommand(1);
    parser.command(*configuration, "check", "check hutong.toml", check_config);
    auto limit = std::make_shared<std::int64_t>(100);
    parser
        .command(*configuration, "history",
                 "what this node ran by and what changed, newest first; for auditors",
                 [limit](const Context& context) { return configuration_history(context, *limit); })
        ->add_option("--limit", *limit, "at most so many; 100 by default")
        ->check(CLI::Range(1, 10'000));

    CLI::App* completion = parser.app.add_subcommand("completion", "completion for shells");
    completion->require_subcommand(1);
    parser.command(*completion, "bash", "print the script: source <(hutong completion bash)",
                   [](const Context&) -> Result<Output> {
                       return Output{json::object{{"script", bash_completion}}, bash_completion};
                   });
    parser.command(parser.app, "version", "print the version", [](const Context&) -> Result<Output> {
        return Output{json::object{{"version", version}}, std::string("hutong ") + version};
    });
}

}  // namespace hutong::cli
