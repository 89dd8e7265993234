// hutong publisher add, password, certificate, remove, list.
#include <memory>

#include "base/bytes.hpp"
#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/files.hpp"

namespace hutong::cli {

namespace {

struct PublisherOptions {
    std::string id, org, certificate_file;
};

// The password is made here and shown once; only its hash is kept.
Result<Output> with_new_password(const Context& context, const std::string& command, json::object arguments,
                                 const std::string& done) {
    const std::string password = to_base64(random_bytes(24));
    arguments["password"] = password;
    HUTONG_ASSIGN(json::value result, ask(context, command, std::move(arguments)));
    result.as_object()["password"] = password;
    return Output{std::move(result), done + "; the password is shown this once: " + password};
}

Result<Output> bind(const Context& context, const PublisherOptions& options) {
    HUTONG_ASSIGN(const std::string pem, read_file(options.certificate_file));
    HUTONG_ASSIGN(json::value result,
                  ask(context, "publisher.certificate", {{"publisher", options.id}, {"certificate", pem}}));
    return Output{std::move(result), "publisher " + options.id + " may now sign in by that certificate"};
}

}  // namespace

void add_publisher_commands(Parser& parser) {
    CLI::App* publisher =
        parser.app.add_subcommand("publisher", "who publishes through UDDI, for an organisation");
    publisher->require_subcommand(1);
    auto options = std::make_shared<PublisherOptions>();
    const auto id = [options](CLI::App* command) {
        command->add_option("id", options->id, "the publisher's id, which is its userID")->required();
        return command;
    };
    CLI::App* add =
        id(parser.command(*publisher, "add", "add a publisher", [options](const Context& context) {
            return with_new_password(context, "publisher.add", {{"id", options->id}, {"org", options->org}},
                                     "publisher " + options->id + " of " + options->org + " added");
        }));
    add->add_option("--org", options->org, "the organisation it publishes for")->required();
    id(parser.command(
        *publisher, "password", "give a publisher a new password", [options](const Context& context) {
            return with_new_password(context, "publisher.password", {{"publisher", options->id}},
                                     "publisher " + options->id + " has a new password");
        }));
    CLI::App* certificate = id(parser.command(
        *publisher, "certificate", "let a publisher sign in by a client certificate (mutual TLS)",
        [options](const Context& context) { return bind(context, *options); }));
    certificate->add_option("--cert", options->certificate_file, "the certificate (PEM)")->required();
    id(parser.command(
        *publisher, "remove", "remove a publisher; what it published stays",
        [options](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result, ask(context, "publisher.remove", {{"publisher", options->id}}));
            return Output{std::move(result), "publisher " + options->id + " removed"};
        }));
    parser.command(*publisher, "list", "list the publishers", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "publisher.list"));
        std::string text = table_of(
            result, {{"ID", "id"}, {"ORG", "org"}, {"CERTIFICATE", "certificate"}, {"WAITS", "waits"}});
        return Output{std::move(result), std::move(text)};
    });
}

}  // namespace hutong::cli
