// hutong cert issue, renew, request, requests, approve, refuse, list, show, revoke, history; trust add, list,
// remove.
#include <memory>

#include <boost/json/value_from.hpp>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/files.hpp"

namespace hutong::cli {

namespace {

struct IssueOptions {
    std::string csr_file, consumer, out_file, profile, name, ca, serial, overlap_days, id;
    std::vector<std::string> names;
};

struct RevokeOptions {
    std::string serial, reason;
};

struct TrustOptions {
    std::string file, crl, ocsp, grace_hours, reason;
    bool no_revocation{false};
};

// What the daemon found wrong with a file's text; it does not know the file.
Error about_file(const Error& error, const std::string& file) {
    return error.code == ErrorCode::invalid ? error.at(file) : error;
}

json::object given(std::initializer_list<std::pair<std::string_view, std::string>> options) {
    json::object arguments;
    for (const auto& [name, value] : options)
        if (!value.empty()) arguments[name] = value;
    return arguments;
}

// A command whose answer is a new certificate, which goes into a file.
Result<Output> issue(const Context& context, const std::string& command, json::object arguments,
                     const IssueOptions& options) {
    HUTONG_TRY(can_be_written(options.out_file));
    Result<json::value> asked = ask(context, command, std::move(arguments));
    if (asked.has_error()) return about_file(asked.error(), options.csr_file);
    json::value result = std::move(*asked);
    const Result<void> written = replace_file(options.out_file, text_of(result, "pem"), 0644);
    if (!written)
        return written.error().at("certificate " + text_of(result, "serial") +
                                  " was issued (hutong cert revoke undoes it), but");
    const std::string consumer = text_of(result, "consumer");
    return Output{result, "certificate " + text_of(result, "serial") +
                              (consumer.empty() ? std::string() : " for " + consumer) + " (" +
                              text_of(result, "subject") + ") until " + text_of(result, "not_after") + ": " +
                              options.out_file};
}

// Also what was issued by a proposal, when nobody was there to write the file.
Result<Output> show(const Context& context, const IssueOptions& options) {
    if (!options.out_file.empty()) HUTONG_TRY(can_be_written(options.out_file));
    HUTONG_ASSIGN(json::value result, ask(context, "cert.show", {{"serial", options.serial}}));
    const std::string pem = text_of(result, "pem");
    if (options.out_file.empty()) return Output{std::move(result), pem};
    HUTONG_TRY(replace_file(options.out_file, pem, 0644));
    return Output{std::move(result), "certificate " + options.serial + ": " + options.out_file};
}

Result<json::object> wish(const IssueOptions& options) {
    HUTONG_ASSIGN(const std::string csr, read_file(options.csr_file, 64u << 10));
    json::object arguments = given({{"csr", csr},
                                    {"consumer", options.consumer},
                                    {"profile", options.profile},
                                    {"name", options.name},
                                    {"ca", options.ca},
                                    {"overlap_days", options.overlap_days}});
    if (!options.names.empty()) arguments["names"] = json::value_from(options.names);
    return arguments;
}

Result<Output> request(const Context& context, const IssueOptions& options) {
    HUTONG_ASSIGN(json::object arguments, wish(options));
    if (!options.serial.empty()) arguments["renews"] = options.serial;
    Result<json::value> asked = ask(context, "cert.request", std::move(arguments));
    if (asked.has_error()) return about_file(asked.error(), options.csr_file);
    std::string text = "request " + text_of(*asked, "id") + " waits: " + text_of(*asked, "profile") +
                       " for " + text_of(*asked, "common_name") + ", key " + text_of(*asked, "key_text") +
                       " (SHA-256 " + text_of(*asked, "key") +
                       ").\nCompare the digest with its sender, then: hutong cert approve " +
                       text_of(*asked, "id") + " --out FILE";
    return Output{std::move(*asked), std::move(text)};
}

Result<Output> trust_add(const Context& context, const TrustOptions& options) {
    HUTONG_ASSIGN(const std::string pem, read_file(options.file, 1u << 20));
    json::object arguments = given({{"certificate", pem},
                                    {"crl", options.crl},
                                    {"ocsp", options.ocsp},
                                    {"grace_hours", options.grace_hours},
                                    {"reason", options.reason}});
    if (options.no_revocation) arguments["no_revocation"] = true;
    Result<json::value> asked = ask(context, "trust.add", std::move(arguments));
    if (asked.has_error()) return about_file(asked.error(), options.file);
    json::value result = std::move(*asked);
    std::string text = text_of(result, "name") + " is trusted (" + text_of(result, "thumbprint") +
                       "): certificates it issued are believed when they are bound to a consumer";
    if (!options.crl.empty() || !options.ocsp.empty())
        text += ",\nand while their revocations are known (hutong trust list)";
    return Output{std::move(result), std::move(text)};
}

void add_issue(Parser& parser, CLI::App& cert) {
    auto options = std::make_shared<IssueOptions>();
    CLI::App* command =
        parser.command(cert, "issue", "issue a certificate at once and bind it to its consumer",
                       [options](const Context& context) -> Result<Output> {
                           HUTONG_ASSIGN(json::object arguments, wish(*options));
                           return issue(context, "cert.issue", std::move(arguments), *options);
                       });
    command->add_option("--csr", options->csr_file, "the request (PKCS#10, PEM)")->required();
    command->add_option("--consumer", options->consumer, "whose certificate it is");
    command->add_option("--profile", options->profile, "agency_signing (usual), tls_server, tsa, …");
    command->add_option("--name", options->name, "common name of a machine's certificate");
    command->add_option("--dns", options->names, "its DNS names and IP addresses");
    command->add_option("--ca", options->ca, "the issuing CA (hutong ca list); else the first");
    command->add_option("--out", options->out_file, "where the certificate goes (PEM)")->required();
}

void add_renew(Parser& parser, CLI::App& cert) {
    auto options = std::make_shared<IssueOptions>();
    CLI::App* command =
        parser.command(cert, "renew", "issue a certificate in place of another; both hold for a while",
                       [options](const Context& context) -> Result<Output> {
                           HUTONG_ASSIGN(json::object arguments, wish(*options));
                           arguments["serial"] = options->serial;
                           return issue(context, "cert.renew", std::move(arguments), *options);
                       });
    command->add_option("serial", options->serial, "the old one's serial number (hutong cert list)")
        ->required();
    command->add_option("--csr", options->csr_file, "the request (PKCS#10, PEM)")->required();
    command->add_option("--overlap", options->overlap_days,
                        "days until the old one is revoked as superseded; else it lives to its end");
    command->add_option("--ca", options->ca, "the issuing CA (hutong ca list); else the first");
    command->add_option("--out", options->out_file, "where the certificate goes (PEM)")->required();
}

void add_requests(Parser& parser, CLI::App& cert) {
    auto made = std::make_shared<IssueOptions>();
    CLI::App* command = parser.command(cert, "request", "take in a request, to be approved or refused",
                                       [made](const Context& context) { return request(context, *made); });
    command->add_option("--csr", made->csr_file, "the request (PKCS#10, PEM)")->required();
    command->add_option("--consumer", made->consumer, "whose certificate it will be");
    command->add_option("--profile", made->profile, "agency_signing (usual), tls_server, tsa, …");
    command->add_option("--name", made->name, "common name of a machine's certificate");
    command->add_option("--dns", made->names, "its DNS names and IP addresses");
    command->add_option("--renews", made->serial, "serial number of the certificate it takes the place of");
    command->add_option("--overlap", made->overlap_days,
                        "days until the old one is revoked as superseded; else it lives to its end");
    parser.command(cert, "requests", "list the requests", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "cert.requests"));
        std::string text = table_of(result, {{"ID", "id"},
                                             {"STATE", "state"},
                                             {"PROFILE", "profile"},
                                             {"NAME", "common_name"},
                                             {"KEY", "key_text"},
                                             {"RENEWS", "renews"},
                                             {"SERIAL", "serial"},
                                             {"REASON", "reason"},
                                             {"MADE", "made"}});
        return Output{std::move(result), std::move(text)};
    });
    auto approved = std::make_shared<IssueOptions>();
    command = parser.command(cert, "approve", "issue what a request asks for",
                             [approved](const Context& context) -> Result<Output> {
                                 return issue(context, "cert.approve",
                                              given({{"id", approved->id}, {"ca", approved->ca}}), *approved);
                             });
    command->add_option("id", approved->id, "the request (hutong cert requests)")->required();
    command->add_option("--ca", approved->ca, "the issuing CA (hutong ca list); else the first");
    command->add_option("--out", approved->out_file, "where the certificate goes (PEM)")->required();
    auto refused = std::make_shared<RevokeOptions>();
    command = parser.command(
        cert, "refuse", "refuse a request", [refused](const Context& context) -> Result<Output> {
            HUTONG_ASSIGN(json::value result, ask(context, "cert.refuse",
                                                  {{"id", refused->serial}, {"reason", refused->reason}}));
            return Output{std::move(result), "request " + refused->serial + " is refused"};
        });
    command->add_option("id", refused->serial, "the request (hutong cert requests)")->required();
    command->add_option("--reason", refused->reason, "why, for its sender")->required();
}

void add_history(Parser& parser, CLI::App& cert) {
    auto about = std::make_shared<std::string>();
    parser
        .command(
            cert, "history", "who did what",
            [about](const Context& context) -> Result<Output> {
                HUTONG_ASSIGN(json::value result, ask(context, "cert.history", given({{"about", *about}})));
                std::string text = table_of(result, {{"WHEN", "at"},
                                                     {"WHO", "actor"},
                                                     {"WHAT", "action"},
                                                     {"TO", "subject"},
                                                     {"DETAIL", "detail"}});
                return Output{std::move(result), std::move(text)};
            })
        ->add_option("about", *about, "a serial number, a request's id, a CA's name or a thumbprint");
}

void add_cert(Parser& parser) {
    CLI::App* cert = parser.app.add_subcommand("cert", "certificates of the platform's CA");
    cert->require_subcommand(1);
    add_issue(parser, *cert);
    add_renew(parser, *cert);
    add_requests(parser, *cert);
    add_history(parser, *cert);
    parser.command(*cert, "list", "list what was issued", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "cert.list"));
        std::string text = table_of(result, {{"SERIAL", "serial"},
                                             {"STATUS", "status"},
                                             {"CONSUMER", "consumer"},
                                             {"PROFILE", "profile"},
                                             {"CA", "ca"},
                                             {"UNTIL", "not_after"},
                                             {"OVERLAP UNTIL", "ends"},
                                             {"SUBJECT", "subject"}});
        return Output{std::move(result), std::move(text)};
    });
    auto shown = std::make_shared<IssueOptions>();
    CLI::App* show_one = parser.command(*cert, "show", "show one certificate, or write it into a file",
                                        [shown](const Context& context) { return show(context, *shown); });
    show_one->add_option("serial", shown->serial, "its serial number (hutong cert list)")->required();
    show_one->add_option("--out", shown->out_file, "where the certificate goes (PEM)");
    auto revoked = std::make_shared<RevokeOptions>();
    CLI::App* command = parser.command(
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
    add_authority_commands(parser);
    CLI::App* trust = parser.app.add_subcommand("trust", "other CAs that are believed");
    trust->require_subcommand(1);
    auto options = std::make_shared<TrustOptions>();
    CLI::App* add = parser.command(*trust, "add", "trust a CA", [options](const Context& context) {
        return trust_add(context, *options);
    });
    add->add_option("file", options->file, "the CA's certificate (PEM)")->required();
    add->add_option("--crl", options->crl, "where it publishes its CRL (http or https)");
    add->add_option("--ocsp", options->ocsp, "where it answers by OCSP");
    add->add_flag("--no-revocation", options->no_revocation,
                  "believe it without: it publishes neither; needs --reason");
    add->add_option("--reason", options->reason, "why that is right, for the record");
    add->add_option("--grace", options->grace_hours,
                    "hours that what was fetched counts beyond its own end (24)");
    parser.command(*trust, "list", "list the trusted CAs", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "trust.list"));
        std::string text = table_of(result, {{"THUMBPRINT", "thumbprint"},
                                             {"OWN", "own"},
                                             {"NAME", "name"},
                                             {"UNTIL", "not_after"},
                                             {"CRL UNTIL", "crl_until"},
                                             {"CRL TROUBLE", "crl_trouble"},
                                             {"ANSWERS", "answers"},
                                             {"MISSING", "answers_missing"},
                                             {"OCSP TROUBLE", "answer_trouble"},
                                             {"NO REVOCATION", "no_revocation"},
                                             {"WARNING", "warning"}});
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
