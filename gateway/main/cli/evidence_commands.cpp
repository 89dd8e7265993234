// hutong journal verify, export: what proves, and what checks the proof, here or on any other machine.
#include <algorithm>
#include <map>
#include <memory>

#include "base/pg/embedded.hpp"
#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/text.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/home_lock.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/node_keys.hpp"
#include "security/evidence/export.hpp"
#include "security/evidence/head_rows.hpp"
#include "security/evidence/journal_check.hpp"
#include "security/evidence/verify_zip.hpp"
#include "security/keys/pem.hpp"
#include "security/trust/foreign_status.hpp"

namespace hutong::cli {

namespace {

namespace evidence = security::evidence;

struct VerifyOptions {
    std::string file;
    std::vector<std::string> roots, tsa_roots, caller_roots, heads;
    std::uint64_t most_mib{evidence::usual_unpacked_bytes >> 20};
};

struct ExportOptions {
    std::string id, file;
    bool no_seal{false};
};

Result<std::vector<Bytes>> certificates_in(const std::vector<std::string>& files) {
    std::vector<Bytes> all;
    for (const std::string& file : files) {
        HUTONG_ASSIGN(const std::string pem, read_file(file));
        HUTONG_ASSIGN(const auto read, security::certificates_from_pem(pem, file));
        for (const auto& certificate : read) all.push_back(security::to_der(certificate.get()));
    }
    return all;
}

// /pki/ca.pem holds the issuing CA beside the root: only what signs itself is an anchor.
std::vector<Bytes> anchors_of(const std::vector<Bytes>& certificates) {
    std::vector<Bytes> anchors;
    for (const Bytes& der : certificates) {
        const auto read = security::read_certificate(der);
        if (read && X509_self_signed(read->get(), 1) == 1) anchors.push_back(der);
    }
    return anchors;
}

std::string_view word_for(evidence::Outcome outcome) {
    switch (outcome) {
        case evidence::Outcome::holds:
            return "ok";
        case evidence::Outcome::broken:
            return "FAILED";
        case evidence::Outcome::differs:
            return "DIFFERS";
        case evidence::Outcome::unknown:
            return "not checked";
    }
    return "";
}

std::string word_for(evidence::Standing standing) {
    switch (standing) {
        case evidence::Standing::intact:
            return "intact";
        case evidence::Standing::repacked:
            return "REPACKED";
        case evidence::Standing::not_proven:
            return "NOT PROVEN";
        case evidence::Standing::broken:
            return "NOT intact";
    }
    return "";
}

Result<Output> verify_zip(const VerifyOptions& options) {
    if (options.roots.empty())
        return invalid("give the platform's root certificate, from a source you trust: --root CA.pem");
    HUTONG_ASSIGN(const auto roots, certificates_in(options.roots));
    HUTONG_ASSIGN(auto tsa_roots, certificates_in(options.tsa_roots));
    HUTONG_ASSIGN(auto caller_roots, certificates_in(options.caller_roots));
    const std::vector<Bytes> anchors = anchors_of(roots);
    if (anchors.empty()) return invalid("no certificate in --root signs itself: it is no root CA's");
    HUTONG_ASSIGN(const evidence::Evidence found,
                  evidence::verify_zip(options.file, {anchors, std::move(tsa_roots), std::move(caller_roots),
                                                      options.most_mib << 20}));
    json::array checks;
    std::string text;
    for (const evidence::Check& check : found.checks) {
        checks.push_back({{"verdict", word_for(check.outcome)},
                          {"check", check.what},
                          {"file", check.part},
                          {"detail", check.detail}});
        std::string line(word_for(check.outcome));
        line.resize(13, ' ');
        text += line + check.what + "  " + check.part + ": " + one_line(check.detail) + "\n";
    }
    json::object value{{"intact", found.intact()},
                       {"verdict", word_for(found.standing())},
                       {"exchange", found.exchange},
                       {"records", found.records}};
    value["checks"] = std::move(checks);
    if (!found.container.empty()) value["container"] = found.container;
    text += options.file + " is " + word_for(found.standing());
    if (const evidence::Check* const fault = found.first_fault()) {
        value["fault"] = fault->what + ", " + fault->part + ": " + fault->detail;
        text += ": " + fault->what + ", " + fault->part + ": " + one_line(fault->detail);
    } else if (found.standing() == evidence::Standing::repacked) {
        text += ": what is in it is proven, the zip itself is not as exported: " + one_line(found.container);
    } else if (!found.intact()) {
        value["unproven"] = found.unproven;
        text += ": " + found.unproven;
    } else {
        text += ": exchange " + found.exchange;
    }
    return Output{std::move(value), std::move(text), found.intact() ? 0 : 1};
}

// What the node itself went by, for judging the timestamps in its journal.
std::vector<Bytes> believed(const Home& home) {
    std::vector<Bytes> all;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(home.journal() / "objects", error)) {
        if (entry.path().extension() != ".cer") continue;
        if (const auto der = read_file(entry.path())) all.emplace_back(der->begin(), der->end());
    }
    return all;
}

// The roots under which this node's own certificate stands: those of the platform, among all it believed.
Result<std::vector<Bytes>> own_roots(const Home& home, const std::vector<Bytes>& believed) {
    HUTONG_ASSIGN(const auto chain, certificates_in({chain_file(home, "sign-p256").string()}));
    std::vector<Bytes> roots;
    for (const Bytes& anchor : anchors_of(believed))
        if (security::issued_by(chain.back(), anchor)) roots.push_back(anchor);
    if (roots.empty())
        return not_found("no root that vouches for this node is among what it believed (" +
                         (home.journal() / "objects").string() +
                         "): give the platform's root: --root CA.pem");
    return roots;
}

// The heads in the database: asked directly where it is a server, else of the daemon, which runs it.
Result<std::vector<evidence::SignedHead>> heads_in_database(const Context& context,
                                                            const config::Config& config) {
    if (!config.database.url.empty()) {
        HUTONG_ASSIGN(const std::string node, context.home.node_id());
        asio::io_context asking;
        pg::Pool pool(asking.get_executor(), config.database, config.database.url);
        auto heads = run_until_done(asking, evidence::kept_heads(pool, node));
        pool.close();
        asking.restart();
        asking.run_for(std::chrono::seconds(1));
        return heads;
    }
    if (!daemon::running_daemon(context.home))
        return unavailable("the daemon is not running, and the database with it");
    HUTONG_ASSIGN(const json::value lines, ask(context, "journal.heads"));
    std::vector<evidence::SignedHead> heads;
    for (const json::value& line : lines.as_array()) {
        HUTONG_ASSIGN(auto head, evidence::head_from_line(std::string_view(line.as_string())));
        heads.push_back(std::move(head));
    }
    return heads;
}

// All heads that can be had; `missing` says which places could not be asked.
Result<std::vector<evidence::KeptHead>> all_heads(const Context& context, const VerifyOptions& options,
                                                  std::vector<std::string>& missing) {
    HUTONG_ASSIGN(const config::Config config, config::load(context.home.config()));
    HUTONG_ASSIGN(auto heads, evidence::own_heads(context.home.journal()));
    std::vector<std::string> files = options.heads;
    if (!config.journal.heads.folder.empty()) {
        HUTONG_ASSIGN(const std::string node, context.home.node_id());
        files.push_back((context.home.root / config.journal.heads.folder / (node + ".heads")).string());
    }
    for (const std::string& file : files) {
        auto there = evidence::heads_in(file);
        if (!there && there.error().code == ErrorCode::not_found) {
            missing.push_back(there.error().detail);
            continue;
        }
        if (!there) return there.error();
        std::move(there->heads.begin(), there->heads.end(), std::back_inserter(heads));
        std::move(there->torn.begin(), there->torn.end(), std::back_inserter(missing));
    }
    auto stored = heads_in_database(context, config);
    if (!stored) {
        missing.push_back("the database: " + stored.error().detail);
        return heads;
    }
    for (auto& head : *stored) heads.push_back({std::move(head), "the database"});
    return heads;
}

Result<Output> verify_journal(const Context& context, const VerifyOptions& options) {
    HUTONG_TRY(need_home(context));
    evidence::JournalCheckInput input;
    std::vector<std::string> missing;
    HUTONG_ASSIGN(input.heads, all_heads(context, options, missing));
    const config::Config config = config::load(context.home.config()).value();
    HUTONG_ASSIGN(input.node, context.home.node_id());
    HUTONG_ASSIGN(input.tsa_roots, certificates_in(options.tsa_roots));
    for (const std::string& name : config.journal.timestamp.roots) {
        HUTONG_ASSIGN(const auto configured, certificates_in({(context.home.root / name).string()}));
        input.tsa_roots.insert(input.tsa_roots.end(), configured.begin(), configured.end());
    }
    input.further = believed(context.home);
    if (options.roots.empty()) {
        auto own = own_roots(context.home, input.further);
        if (!own && !input.heads.empty()) return own.error();
        if (own) input.roots = *std::move(own);
    } else {
        HUTONG_ASSIGN(const auto given, certificates_in(options.roots));
        input.roots = anchors_of(given);
        if (input.roots.empty()) return invalid("no certificate in --root signs itself: it is no root CA's");
    }
    HUTONG_ASSIGN(const evidence::JournalReport report,
                  evidence::check_journal(context.home.journal(), input));
    for (const auto& [whose, count] : report.others)
        missing.push_back(std::to_string(count) + " heads of " + whose);
    const std::string what = "the journal in " + context.home.journal().string();
    if (!report.verified.intact)
        return Error{ErrorCode::corrupt, what + " is not intact: " + report.verified.first_fault};
    json::object value{{"intact", true},
                       {"records", report.verified.records},
                       {"segments", report.verified.segments},
                       {"sealed", report.sealed},
                       {"timestamped", report.timestamped},
                       {"self_attested", report.self_attested},
                       {"distrusted", report.distrusted},
                       {"heads", report.heads},
                       {"head", to_hex(report.verified.head)}};
    std::string text = what + " is intact: " + std::to_string(report.verified.records) + " records in " +
                       std::to_string(report.verified.segments) + " segments, head " +
                       to_hex(report.verified.head) + "\nsealed " + std::to_string(report.sealed) +
                       ", timestamped " + std::to_string(report.timestamped) + " (self-attested " +
                       std::to_string(report.self_attested) + ", by an authority nobody here vouches for " +
                       std::to_string(report.distrusted) + "); compared with " +
                       std::to_string(report.heads) + " signed heads";
    json::array not_asked;
    for (const std::string& place : missing) {
        text += "\nNOT compared with " + place;
        not_asked.emplace_back(place);
    }
    value["not_compared"] = std::move(not_asked);
    return Output{std::move(value), std::move(text)};
}

bool all_stamped(const evidence::Bundle& bundle) {
    return std::ranges::none_of(
        bundle.segments, [](const evidence::BundleSegment& segment) { return segment.timestamp.empty(); });
}

// What is not sealed yet is sealed first, where a daemon runs that can do it.
Result<Output> export_one(const Context& context, const ExportOptions& options) {
    HUTONG_TRY(need_home(context));
    HUTONG_ASSIGN(evidence::Bundle bundle, evidence::collect(context.home.journal(), options.id));
    std::string unsealed;
    if (!all_stamped(bundle) && !options.no_seal && daemon::running_daemon(context.home)) {
        const auto sealed = ask(context, "journal.seal");
        // The files are the owner's to read also when the sealing is an officer's.
        const bool refused = !sealed && sealed.error().code == ErrorCode::refused && context.as.empty();
        if (!sealed && !refused) return sealed.error();
        if (refused) unsealed = "\nNOT sealed for it: " + sealed.error().detail;
        HUTONG_ASSIGN(bundle, evidence::collect(context.home.journal(), options.id));
    }
    HUTONG_TRY(can_be_written(options.file));
    HUTONG_ASSIGN(const std::uint64_t unpacked, evidence::write_zip(bundle, options.file));
    const std::string large = unpacked > evidence::usual_unpacked_bytes
                                  ? " --most-mib " + std::to_string((unpacked >> 20) + 64)
                                  : std::string();
    const bool stamped = all_stamped(bundle);
    std::string text = "exchange " + options.id + " with what is needed to check it: " + options.file +
                       "\nanyone can check it: hutong journal verify " + options.file + " --root CA.pem" +
                       large;
    if (!stamped)
        text +=
            "\nNOT all of it is sealed and timestamped: README.txt says what proves the rest; export it "
            "again later";
    text += unsealed;
    return Output{json::object{{"exchange", options.id}, {"file", options.file}, {"timestamped", stamped}},
                  std::move(text)};
}

}  // namespace

void add_evidence_commands(Parser& parser, CLI::App& journal) {
    auto verified = std::make_shared<VerifyOptions>();
    CLI::App* command = parser.command(
        journal, "verify", "check the journal, or an exported file", [verified](const Context& context) {
            return verified->file.empty() ? verify_journal(context, *verified) : verify_zip(*verified);
        });
    command->add_option("file", verified->file, "an exported zip: needs no home and no network");
    command->add_option("--root", verified->roots,
                        "PEM file with the platform's root CA: nodes and their timestamps go by it");
    command->add_option("--caller-root", verified->caller_roots,
                        "PEM file with the root of an outside CA, for its callers only");
    command->add_option("--tsa-root", verified->tsa_roots, "PEM file with the root of a timestamp authority");
    command->add_option("--heads", verified->heads, "file of signed heads that were kept elsewhere");
    command->add_option("--most-mib", verified->most_mib, "how much a zip may unpack to (256)")
        ->check(CLI::Range(1, 1 << 20));

    auto exported = std::make_shared<ExportOptions>();
    command = parser.command(journal, "export", "export one exchange as a zip",
                             [exported](const Context& context) { return export_one(context, *exported); });
    command->add_option("id", exported->id, "the incident id")->required();
    command->add_option("--out", exported->file, "the zip to write")->required();
    command->add_flag("--no-seal", exported->no_seal, "take what there is; seal nothing for it");
}

}  // namespace hutong::cli
