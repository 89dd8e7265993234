#include "gateway/main/cli/command_line.hpp"

#include <cstdio>
#include <exception>

#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/serialize.hpp>

#include "base/log.hpp"
#include "gateway/main/cli/text.hpp"

namespace hutong::cli {

namespace {

constexpr int done = 0, failed = 1, wrong_usage = 2;

void say(std::FILE* where, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), where);
    if (!text.empty() && text.back() != '\n') std::fputc('\n', where);
}

int complain(const Error& error, bool as_json) {
    say(stderr, "hutong: " + one_line(error.detail));
    if (as_json)
        say(stdout, json::serialize(json::object{
                        {"error", {{"code", to_string(error.code)}, {"detail", error.detail}}}}));
    return failed;
}

int run_chosen(const Work& work, const Context& context) {
    Result<Output> output = Output{};
    try {
        output = work(context);
    } catch (const Postponed& postponed) {
        output = postponed.output;
    } catch (const std::exception& thrown) {
        output = internal(thrown.what());
    }
    if (!output) return complain(output.error(), context.json);
    say(stdout, context.json ? json::serialize(output->value) : output->text);
    return output->exit_code;
}

std::string path_of(const CLI::App* command) {
    return command->get_parent() ? path_of(command->get_parent()) + " " + command->get_name() : "hutong";
}

const CLI::App* innermost(const CLI::App& app) {
    const auto parsed = app.get_subcommands();
    return parsed.empty() ? &app : innermost(*parsed.front());
}

// CLI11 says that a command is wanted, not that the word given is none.
std::string what_is_wrong(const CLI::App& app, const CLI::ParseError& wrong) {
    const CLI::App& at = *innermost(app);
    const std::vector<std::string> words = app.remaining(true);
    if (at.get_require_subcommand_min() > 0 && at.get_subcommands().empty() && !words.empty())
        return path_of(&at) + " has no command " + words.front();
    return wrong.what();
}

// What a command has to say it says itself, in one line; `serve` configures the log anew.
void quieten_log() {
    configure_log({{}, false, LogLevel::error});
}

}  // namespace

CLI::App* Parser::command(CLI::App& parent, const std::string& name, const std::string& description,
                          Work work) {
    CLI::App* added = parent.add_subcommand(name, description);
    added->callback([this, work = std::move(work)] { chosen = work; });
    return added;
}

int run(int count, const char* const* words) {
    quieten_log();
    CLI::App app("hutong: the gateway and registry by which agencies share their systems", "hutong");
    Work chosen;
    Context context;
    std::string home;
    app.fallthrough();
    app.require_subcommand(1);
    app.add_option("--home", home, "the folder the node lives in")->envname("HUTONG_HOME");
    app.add_option("--as", context.as, "the officer who gives the command (hutong officers)");
    app.add_option("--credential-file", context.credential_file,
                   "a file of mode 0600 with that officer's password, and a one-time code on a second line");
    app.add_flag("--json", context.json, "print JSON instead of text");
    Parser parser{app, chosen};
    add_platform_commands(parser);
    add_watch_commands(parser);
    add_registry_commands(parser);
    add_grant_commands(parser);
    add_meter_command(parser);
    add_catalogue_commands(parser);
    add_publisher_commands(parser);
    add_service_commands(parser);
    add_pki_commands(parser);
    add_security_key_commands(parser);
    add_node_commands(parser);
    add_journal_commands(parser);
    add_officer_commands(parser);
    add_account_commands(parser);
    add_proposal_commands(parser);
    try {
        app.parse(count, words);
    } catch (const CLI::Success& asked) {  // --help
        return app.exit(asked);
    } catch (const CLI::ParseError& wrong) {
        say(stderr, "hutong: " + one_line(what_is_wrong(app, wrong)) + "; see: " + path_of(innermost(app)) +
                        " --help");
        return wrong_usage;
    }
    context.home.root = home;
    return chosen ? run_chosen(chosen, context) : done;
}

}  // namespace hutong::cli
