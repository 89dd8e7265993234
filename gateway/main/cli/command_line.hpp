// What every command of `hutong` shares: the home, the form of output, and how commands hook into the parser.
//
// A command adds its options to the CLI11 tree and, when it is parsed, puts its work into `chosen`.
// Single-threaded.
#pragma once

#include <functional>
#include <string>

#include <CLI/App.hpp>
#include <boost/json/value.hpp>

#include "base/home.hpp"
#include "base/result.hpp"

namespace hutong::cli {

namespace json = boost::json;

// What a command prints: one JSON line with --json, else the text for people.
struct Output {
    json::value value;
    std::string text;
    int exit_code{0};
};

// Thrown by ask() when the command was not done, but proposed to a second person: what it would have shown is
// not there, however the command shows it.
struct Postponed {
    Output output;
};

struct Context {
    Home home;
    bool json{false};
    std::string as;               // the officer who gives the command
    std::string credential_file;  // whose credential is in a file
};

using Work = std::function<Result<Output>(const Context&)>;

struct Parser {
    CLI::App& app;
    Work& chosen;
    // A command below `parent` that runs `work`. `work` may refer to what the options were bound to.
    CLI::App* command(CLI::App& parent, const std::string& name, const std::string& description, Work work);
};

// By family, each in its own file.
void add_platform_commands(Parser& parser);  // init, join, serve, config, completion, version
void add_watch_commands(Parser& parser);     // status, doctor
void add_registry_commands(Parser& parser);  // org, consumer, grant, ungrant
void add_grant_commands(Parser& parser);     // grant and what is asked for, ungrant
void add_meter_command(Parser& parser);
void add_catalogue_commands(Parser& parser);  // catalogue, search
void add_publisher_commands(Parser& parser);
void add_credential_commands(Parser& parser, CLI::App& consumer);  // consumer password, saml, vouches
void add_service_commands(Parser& parser);
void add_service_life_commands(Parser& parser, CLI::App& service);
void add_warnings_command(Parser& parser, CLI::App& consumer);  // consumer warnings
void add_pki_commands(Parser& parser);                          // cert, trust
void add_authority_commands(Parser& parser);                    // ca
void add_security_key_commands(Parser& parser);
void add_node_commands(Parser& parser);
void add_journal_commands(Parser& parser);
void add_evidence_commands(Parser& parser, CLI::App& journal);  // journal verify, export
void add_officer_commands(Parser& parser);
void add_account_commands(Parser& parser);
void add_proposal_commands(Parser& parser);  // proposals, audit, commands

// The whole program: parses, runs, prints. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
int run(int count, const char* const* words);

}  // namespace hutong::cli
