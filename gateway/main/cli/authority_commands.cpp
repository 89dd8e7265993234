// hutong ca list, add, retire, revoke, crl; ca sign, which is the platform's where it has the root's key; and
// that and sign-crl for a machine that has nothing but that key.
#include <memory>
#include <optional>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/files.hpp"
#include "security/pki/authorities.hpp"
#include "security/pki/root_list.hpp"
#include "security/pki/root_signing.hpp"

namespace hutong::cli {

namespace {

struct AddOptions {
    std::string name, kind{"p256"}, uri, certificate_file, out_file;
};

struct SignOptions {
    std::string csr_file, key_file, root_file, out_file;
};

Result<Output> complete(const Context& context, const AddOptions& options) {
    HUTONG_ASSIGN(const std::string pem, read_file(options.certificate_file, 1u << 20));
    HUTONG_ASSIGN(json::value result,
                  ask(context, "ca.complete", {{"name", options.name}, {"certificate", pem}}));
    return Output{std::move(result), "the CA " + options.name + " issues from now on"};
}

Result<Output> add(const Context& context, const AddOptions& options) {
    if (!options.certificate_file.empty()) return complete(context, options);
    if (!options.out_file.empty()) HUTONG_TRY(can_be_written(options.out_file));
    json::object arguments{{"name", options.name}, {"kind", options.kind}};
    if (!options.uri.empty()) arguments["uri"] = options.uri;
    HUTONG_ASSIGN(json::value result, ask(context, "ca.add", std::move(arguments)));
    const std::string request = text_of(result, "request");
    if (request.empty()) return Output{std::move(result), "the CA " + options.name + " issues from now on"};
    if (options.out_file.empty()) {
        std::string text = request +
                           "The root is offline: have it sign this request (hutong ca sign), then: "
                           "hutong ca add " +
                           options.name + " --certificate FILE";
        return Output{std::move(result), std::move(text)};
    }
    HUTONG_TRY(replace_file(options.out_file, request, 0644));
    return Output{std::move(result), "the root is offline: have it sign " + options.out_file +
                                         " (hutong ca sign), then: hutong ca add " + options.name +
                                         " --certificate FILE"};
}

bool is_platform(const Home& home) {
    std::error_code ignored;
    return !home.root.empty() && std::filesystem::exists(home.pki() / "root.key", ignored) &&
           security::Authorities::exists(home);
}

bool same_content(const std::filesystem::path& one, const std::filesystem::path& other) {
    const auto a = read_file(one, 64u << 10), b = read_file(other, 64u << 10);
    return a && b && *a == *b;
}

// The platform whose online root is meant: then its officers decide, and its journal keeps it, whoever can
// read the key's file. None: an offline root.
std::optional<Home> platform_of(const Context& context, const SignOptions& options) {
    if (options.key_file.empty()) return context.home;
    std::error_code ignored;
    const Home around{
        std::filesystem::weakly_canonical(options.key_file, ignored).parent_path().parent_path()};
    std::error_code unlike;
    if (is_platform(around) &&
        std::filesystem::equivalent(around.pki() / "root.key", options.key_file, unlike))
        return around;
    if (is_platform(context.home) && same_content(context.home.pki() / "root.pem", options.root_file))
        return context.home;
    return std::nullopt;
}

Result<std::string> certificate_for(const Context& context, const SignOptions& options,
                                    const std::string& csr) {
    const std::optional<Home> platform = platform_of(context, options);
    if (!platform) return security::sign_authority_request(csr, options.key_file, options.root_file);
    Context there = context;
    there.home = *platform;
    HUTONG_ASSIGN(const json::value result, ask(there, "ca.sign", {{"csr", csr}}));
    return text_of(result, "certificate");
}

Result<Output> sign(const Context& context, const SignOptions& options) {
    HUTONG_ASSIGN(const std::string csr, read_file(options.csr_file, 64u << 10));
    HUTONG_TRY(can_be_written(options.out_file));
    auto pem = certificate_for(context, options, csr);
    if (pem.has_error()) return pem.error();
    HUTONG_TRY(replace_file(options.out_file, *pem, 0644));
    return Output{json::object{{"certificate", *pem}}, "the issuing CA's certificate: " + options.out_file};
}

struct ListOptions {
    std::string key_file, root_file, previous_file, revoke_file, reason, out_file;
    unsigned days{90};
};

Result<Output> sign_list(const Context&, const ListOptions& options) {
    if (options.revoke_file.empty() != options.reason.empty())
        return invalid("--revoke CA.pem and --reason go together");
    if (options.days < 1 || options.days > 400) return invalid("--days is 1 to 400");
    HUTONG_TRY(can_be_written(options.out_file));
    security::RootListOrder order{
        options.key_file, options.root_file, {}, {}, options.reason, std::chrono::hours(24 * options.days)};
    if (!options.previous_file.empty()) {
        HUTONG_ASSIGN(const std::string previous, read_file(options.previous_file, 1u << 20));
        order.previous.assign(previous.begin(), previous.end());
    }
    if (!options.revoke_file.empty()) {
        HUTONG_ASSIGN(order.revoke, read_file(options.revoke_file, 1u << 20));
    }
    HUTONG_ASSIGN(const Bytes der, security::sign_root_list(order, system_clock().now()));
    HUTONG_TRY(replace_file(options.out_file, as_text(der), 0644));
    return Output{
        json::object{{"crl", options.out_file}},
        "the root's CRL: " + options.out_file + "; on the platform: hutong ca crl " + options.out_file};
}

Result<Output> take_list(const Context& context, const std::string& file) {
    HUTONG_ASSIGN(const std::string der, read_file(file, 1u << 20));
    HUTONG_ASSIGN(json::value result, ask(context, "ca.crl", {{"crl", to_base64(as_bytes(der))}}));
    std::string text = "the root's CRL counts until " + text_of(result, "until");
    return Output{std::move(result), std::move(text)};
}

Result<Output> revoke(const Context& context, const std::string& name, const std::string& reason) {
    HUTONG_ASSIGN(json::value result, ask(context, "ca.revoke", {{"name", name}, {"reason", reason}}));
    std::string text = "the CA " + name + " is revoked, and with it all that it certified";
    if (!result.at("listed").as_bool())
        text +=
            ".\nThe root is offline: there, hutong ca sign-crl --revoke its certificate; then here, hutong "
            "ca crl FILE";
    return Output{std::move(result), std::move(text)};
}

void add_root_list(Parser& parser, CLI::App& ca) {
    auto name = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
    CLI::App* command =
        parser.command(ca, "revoke", "revoke an issuing CA, and with it all that it certified",
                       [name, reason](const Context& context) { return revoke(context, *name, *reason); });
    command->add_option("name", *name, "its name (hutong ca list)")->required();
    command
        ->add_option("--reason", *reason, "keyCompromise, cACompromise, superseded, cessationOfOperation, …")
        ->required();
    auto file = std::make_shared<std::string>();
    parser
        .command(ca, "crl", "take in the CRL that an offline root made",
                 [file](const Context& context) { return take_list(context, *file); })
        ->add_option("file", *file, "the CRL (DER), of hutong ca sign-crl")
        ->required();
    auto options = std::make_shared<ListOptions>();
    command = parser.command(ca, "sign-crl", "on the offline machine: make the root's next CRL",
                             [options](const Context& context) { return sign_list(context, *options); });
    command->add_option("--root-key", options->key_file, "the root's key (PEM, mode 0600)")->required();
    command->add_option("--root", options->root_file, "the root's certificate (PEM)")->required();
    command->add_option(
        "--previous", options->previous_file,
        "the CRL before it (DER): what it lists stays listed; left out for the first one only");
    command->add_option("--revoke", options->revoke_file, "the certificate of an issuing CA to list (PEM)");
    command->add_option("--reason", options->reason, "why: keyCompromise, superseded, …");
    command->add_option("--days", options->days, "how long it counts (90)");
    command->add_option("--out", options->out_file, "where it goes (DER)")->required();
}

}  // namespace

void add_authority_commands(Parser& parser) {
    CLI::App* ca = parser.app.add_subcommand("ca", "the platform's certification authorities");
    ca->require_subcommand(1);
    parser.command(*ca, "list", "list the root and the issuing CAs",
                   [](const Context& context) -> Result<Output> {
                       HUTONG_ASSIGN(json::value result, ask(context, "ca.list"));
                       std::string text = table_of(result, {{"NAME", "name"},
                                                            {"STATE", "state"},
                                                            {"KEY", "kind"},
                                                            {"UNTIL", "not_after"},
                                                            {"CRL UNTIL", "crl_until"},
                                                            {"SUBJECT", "subject"}});
                       return Output{std::move(result), std::move(text)};
                   });
    auto added = std::make_shared<AddOptions>();
    CLI::App* command = parser.command(*ca, "add", "add an issuing CA, or take in its certificate",
                                       [added](const Context& context) { return add(context, *added); });
    command->add_option("name", added->name, "issuing-2 for one")->required();
    command->add_option("--kind", added->kind, "of its key: p256 (usual), rsa or sm2");
    command->add_option(
        "--uri", added->uri,
        "where its key is made: pkcs11:token=LABEL;object=LABEL; a file in HOME/pki by default");
    command->add_option("--out", added->out_file, "where its request goes when the root is offline");
    command->add_option("--certificate", added->certificate_file,
                        "what the offline root made of the request (PEM)");
    auto retired = std::make_shared<std::string>();
    parser
        .command(*ca, "retire", "let a CA issue no more; it still says what is revoked",
                 [retired](const Context& context) -> Result<Output> {
                     HUTONG_ASSIGN(json::value result, ask(context, "ca.retire", {{"name", *retired}}));
                     return Output{std::move(result), "the CA " + *retired + " issues no more"};
                 })
        ->add_option("name", *retired, "its name (hutong ca list)")
        ->required();
    add_root_list(parser, *ca);
    auto signed_ = std::make_shared<SignOptions>();
    command = parser.command(*ca, "sign", "certify an issuing CA with the root's key",
                             [signed_](const Context& context) { return sign(context, *signed_); });
    command->add_option("--csr", signed_->csr_file, "the issuing CA's request (PEM)")->required();
    CLI::Option* key = command->add_option("--root-key", signed_->key_file,
                                           "on the offline machine: the root's key (PEM, mode 0600); "
                                           "else the platform signs with its online root");
    CLI::Option* root =
        command->add_option("--root", signed_->root_file, "and the root's certificate (PEM)")->needs(key);
    key->needs(root);
    command->add_option("--out", signed_->out_file, "where the certificate goes (PEM)")->required();
}

}  // namespace hutong::cli
