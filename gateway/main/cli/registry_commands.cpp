// hutong org, consumer.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/files.hpp"

namespace hutong::cli {

namespace {

struct OrganisationOptions {
    std::string id, name;
};

struct ConsumerOptions {
    std::string id, org, certificate_file, encryption_file, answer_key;
};

// What binds a certificate, and nothing, where no file was given.
Result<json::object> certificates_in(const ConsumerOptions& options) {
    json::object arguments;
    if (options.certificate_file.empty()) return arguments;
    HUTONG_ASSIGN(const std::string own, read_file(options.certificate_file));
    arguments["certificate"] = own;
    if (!options.encryption_file.empty()) {
        HUTONG_ASSIGN(const std::string encryption, read_file(options.encryption_file));
        arguments["encryption_certificate"] = encryption;
    }
    return arguments;
}

std::string with_certificate(const json::value& result) {
    return ", with certificate " + text_of(result, "thumbprint") +
           "\nits CA must be trusted for it to be believed: hutong trust add CA.pem";
}

// With a certificate it is another command, since that is another officer's duty and may need two persons.
Result<Output> add_consumer(const Context& context, const ConsumerOptions& options) {
    HUTONG_ASSIGN(json::object arguments, certificates_in(options));
    const bool bound = !arguments.empty();
    arguments[bound ? "consumer" : "id"] = options.id;
    arguments["org"] = options.org;
    if (!options.answer_key.empty()) arguments["answer_key"] = options.answer_key;
    HUTONG_ASSIGN(json::value result,
                  ask(context, bound ? "consumer.certificate" : "consumer.add", std::move(arguments)));
    std::string text = "consumer " + options.id + " of " + options.org + " added";
    if (bound) text += with_certificate(result);
    return Output{std::move(result), text};
}

Result<Output> bind_certificate(const Context& context, const ConsumerOptions& options) {
    HUTONG_ASSIGN(json::object arguments, certificates_in(options));
    arguments["consumer"] = options.id;
    HUTONG_ASSIGN(json::value result, ask(context, "consumer.certificate", std::move(arguments)));
    std::string text = "consumer " + options.id + with_certificate(result);
    return Output{std::move(result), text};
}

void add_org(Parser& parser) {
    CLI::App* org = parser.app.add_subcommand("org", "organisations that take part");
    org->require_subcommand(1);
    auto options = std::make_shared<OrganisationOptions>();
    CLI::App* add = parser.command(
        *org, "add", "add an organisation", [options](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result,
                          ask(context, "org.add", {{"id", options->id}, {"name", options->name}}));
            return Output{std::move(result), "organisation " + options->id + " added"};
        });
    add->add_option("id", options->id, "its id: lower-case letters, digits, . _ -")->required();
    add->add_option("--name", options->name, "its name, in any language")->required();
    parser.command(*org, "list", "list the organisations", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "org.list"));
        std::string text = table_of(result, {{"ID", "id"}, {"NAME", "name"}});
        return Output{std::move(result), std::move(text)};
    });
}

CLI::Option* add_certificate_options(CLI::App& command, ConsumerOptions& options) {
    CLI::Option* own =
        command.add_option("--cert", options.certificate_file, "bind this certificate of another CA (PEM)");
    command
        .add_option("--encryption-cert", options.encryption_file,
                    "of a pair of certificates, the one to encrypt answers for (PEM)")
        ->needs(own);
    return own;
}

void add_consumers(Parser& parser) {
    CLI::App* consumer = parser.app.add_subcommand("consumer", "programs that call services");
    consumer->require_subcommand(1);
    auto options = std::make_shared<ConsumerOptions>();
    CLI::App* add = parser.command(*consumer, "add", "add a consumer", [options](const Context& context) {
        return add_consumer(context, *options);
    });
    add->add_option("id", options->id, "its id: lower-case letters, digits, . _ -")->required();
    add->add_option("--org", options->org, "the organisation it belongs to")->required();
    add_certificate_options(*add, *options);
    add->add_option("--answer-key", options->answer_key,
                    "sign answers with this kind of key: rsa, p256 or sm2")
        ->check(CLI::IsMember({"rsa", "p256", "sm2"}));
    auto bound = std::make_shared<ConsumerOptions>();
    CLI::App* certificate =
        parser.command(*consumer, "certificate", "bind a certificate of another CA to a consumer",
                       [bound](const Context& context) { return bind_certificate(context, *bound); });
    certificate->add_option("consumer", bound->id, "the consumer's id")->required();
    add_certificate_options(*certificate, *bound)->required();
    add_credential_commands(parser, *consumer);
    add_warnings_command(parser, *consumer);
    parser.command(
        *consumer, "list", "list the consumers and their grants",
        [](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result, ask(context, "consumer.list"));
            json::value shown = result;
            for (json::value& one : shown.as_array()) {
                json::array grants;
                for (const json::value& grant : one.at("grants").as_array()) {
                    const std::string operation = text_of(grant, "operation");
                    grants.emplace_back(text_of(grant, "service") +
                                        (operation.empty() ? "" : " (" + operation + ")"));
                }
                one.as_object()["grants"] = std::move(grants);
            }
            std::string text = table_of(
                shown,
                {{"ID", "id"}, {"ORG", "org"}, {"GRANTS", "grants"}, {"CERTIFICATES", "certificates"}});
            return Output{std::move(result), std::move(text)};
        });
}

}  // namespace

void add_registry_commands(Parser& parser) {
    add_org(parser);
    add_consumers(parser);
}

}  // namespace hutong::cli
