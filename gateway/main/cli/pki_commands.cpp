// hutong cert issue, list, revoke; trust add, list, remove.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/files.hpp"

namespace hutong::cli {

namespace {

struct IssueOptions {
    std::string csr_file, consumer, out_file;
};

struct RevokeOptions {
    std::string serial, reason;
};

// What the daemon found wrong with a file's text; it does not know the file.
Error about_file(const Error& error, const std::string& file) {
    return error.code == ErrorCode::invalid ? error.at(file) : error;
}

Result<Output> issue(const Context& context, const IssueOptions& options) {
    HUTONG_ASSIGN(const std::string csr, read_file(options.csr_file, 64u << 10));
    HUTONG_TRY(can_be_written(options.out_file));
    Result<json::value> asked = ask(context, "cert.issue", {{"csr", csr}, {"consumer", options.consumer}});
    if (asked.has_error()) return about_file(asked.error(), options.csr_file);
    json::value result = std::move(*asked);
    const Result<void> written = replace_file(options.out_file, text_of(result, "pem"), 0644);
    if (!written)
        return written.error().at("certificate " + text_of(result, "serial") +
                                  " was issued (hutong cert revoke undoes it), but");
    return Output{result, "certificate " + text_of(result, "serial") + " for " + options.consumer + " (" +
                              text_of(result, "subject") + ") until " + text_of(result, "not_after") + ": " +
                              options.out_file};
}

Result<Output> trust_add(const Context& context, const std::string& file) {
    HUTONG_ASSIGN(const std::string pem, read_file(file, 1u << 20));
    Result<json::value> asked = ask(context, "trust.add", {{"certificate", pem}});
    if (asked.has_error()) return about_file(asked.error(), file);
    json::value result = std::move(*asked);
    std::string text = text_of(result, "name") + " is trusted (" + text_of(result, "thumbprint") +
                       "): certificates it issued are believed when they are bound to a consumer";
    return Output{std::move(result), std::move(text)};
}

void add_cert(Parser& parser) {
    CLI::App* cert = parser.app.add_subcommand("cert", "certificates of the platform's CA");
    cert->require_subcommand(1);
    auto issued = std::make_shared<IssueOptions>();
    CLI::App* command = parser.command(*cert, "issue", "issue a certificate and bind it to a consumer",
                                       [issued](const Context& context) { return issue(context, *issued); });
    command->add_option("--csr", issued->csr_file, "the consumer's request (PKCS#10, PEM)")->required();
    command->add_option("--consumer", issued->consumer, "whose certificate it is")->required();
    command->add_option("--out", issued->out_file, "where the certificate goes (PEM)")->required();
    parser.command(*cert, "list", "list what was issued", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "cert.list"));
        std::string text = table_of(result, {{"SERIAL", "serial"},
                                             {"STATUS", "status"},
                                             {"CONSUMER", "consumer"},
                                             {"PROFILE", "profile"},
                                             {"UNTIL", "not_after"},
                                             {"SUBJECT", "subject"}});
        return Output{std::move(result), std::move(text)};
    });
    auto revoked = std::make_shared<RevokeOptions>();
    command = parser.command(
        *cert, "revoke", "revoke a certificate, for ever",
        [revoked](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(
                json::value result,
                ask(context, "cert.revoke", {{"serial", revoked->serial}, {"reason", revoked->reason}}));
            return Output{std::move(result), "certificate " + revoked->serial + " is revoked"};
        });
    command->add_option("serial", revoked->serial, "its serial number (hutong cert list)")->required();
    command
        ->add_option("--reason", revoked->reason,
                     "unspecified, keyCompromise, affiliationChanged, superseded, cessationOfOperation, …")
        ->required();
}

}  // namespace

void add_pki_commands(Parser& parser) {
    add_cert(parser);
    CLI::App* trust = parser.app.add_subcommand("trust", "other CAs that are believed");
    trust->require_subcommand(1);
    auto file = std::make_shared<std::string>();
    parser
        .command(*trust, "add", "trust a CA",
                 [file](const Context& context) { return trust_add(context, *file); })
        ->add_option("file", *file, "the CA's certificate (PEM)")
        ->required();
    parser.command(*trust, "list", "list the trusted CAs", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "trust.list"));
        std::string text = table_of(result, {{"THUMBPRINT", "thumbprint"}, {"OWN", "own"}, {"NAME", "name"}});
        return Output{std::move(result), std::move(text)};
    });
    auto thumbprint = std::make_shared<std::string>();
    parser
        .command(*trust, "remove", "trust a CA no longer",
                 [thumbprint](const Context& context) -> Result<Output> {
                     HUTONG_ASSIGN(json::value result,
                                   ask(context, "trust.remove", {{"thumbprint", *thumbprint}}));
                     return Output{std::move(result), "the CA " + *thumbprint + " is trusted no longer"};
                 })
        ->add_option("thumbprint", *thumbprint, "SHA-256 of its certificate (hutong trust list)")
        ->required();
}

}  // namespace hutong::cli
