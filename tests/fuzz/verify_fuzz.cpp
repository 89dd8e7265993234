// libFuzzer: signed messages with their parts, read by both readers and by plain pull-DOM + stock xmlsec1.
//
// - What the one-pass reader accepts must be accepted by the other two.
// - What it gives away as outside of its profile must be accepted by stock xmlsec1 if the tree reader does.
// - A message that a reader of ours refuses and stock xmlsec1 finds good must break the rule that the reason
//   names, as seen in a tree of libxml2's (refusals.hpp).
// - Whatever the verdicts, the digest of each reference must be the same octets in one pass and by stock
//   xmlsec1, where both have one.
//
// With assertions taken, and without: then they are signed parts like others. What xmlsec1 does not know
// (xop, attachments, the STR-Transform) the oracle resolves by itself (tests/oracle). The mutator knows XML
// and signs what it has changed again, with one of two keys, so that the fuzzer gets past the signature.
// HUTONG_WRITE_SEEDS=FOLDER writes the seeds anew.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"
#include "security/xmldsig/xmlsec_library.hpp"
#include "tests/fuzz/fuzz_keys.hpp"
#include "tests/fuzz/one_pass_digests.hpp"
#include "tests/fuzz/refusals.hpp"
#include "tests/fuzz/verify_mutator.hpp"
#include "tests/fuzz/verify_seeds.hpp"

using namespace hutong;
using namespace hutong::security;

// Not there where only the seeds are run.
extern "C" [[gnu::weak]] void __lsan_disable();
extern "C" [[gnu::weak]] void __lsan_enable();

namespace {

struct Quiet final : ReadingEvents {
    bool at_header(const soap::Layout&, const Claims*) override { return true; }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

// What a gateway knows beforehand: both certificates, one issuer, and a contract with names in values.
struct Receiver {
    explicit Receiver(bool saml) {
        policy.tokens.saml = saml;
        if (issuers.add(test::fuzz_issuer, test::rsa_key().der()).has_error()) std::abort();
        issuers.set_audience(test::fuzz_audience);
        tokens.certificates = &known;
        tokens.issuers = &issuers;
    }
    MessagePolicy policy;
    const KnownCertificates known{{test::p256_key().der(), test::rsa_key().der()}};
    SamlIssuers issuers;
    TokenContext tokens;
    const xml::QNameValues values{{{"urn:po", "kind"}, {"", "kind"}, {"urn:d", "kind"}, {"urn:o", "kind"}},
                                  {{"", "ref"}},
                                  {{"http://www.w3.org/2001/XMLSchema", "QName"}}};
};

// "accepted", "outside", or why not.
std::string judge(const test::FuzzMessage& message, bool saml, bool streaming, std::size_t piece) {
    static const config::Security options;
    static const xml::Limits limits;
    static const Receiver plain(false), with_assertions(true);
    static const TimePoint now = parse_utc("2026-11-23T08:00:00Z").value();
    const Receiver& receiver = saml ? with_assertions : plain;
    const test::PartsInMemory parts(message.parts);
    Quiet events;
    const ReaderInput input{&receiver.policy, now, &events,         parts.if_any(),
                            receiver.tokens,  {},  &receiver.values};
    const auto reader =
        streaming ? make_streaming_reader(options, limits, input) : make_tree_reader(options, limits, input);
    const std::string_view text = message.root;
    Result<Reading> reading = Reading::more;
    for (std::size_t at = 0; at < text.size() && reading.has_value() && *reading == Reading::more;
         at += piece)
        reading = reader->feed(text.substr(at, piece));
    if (reading.has_value() && *reading == Reading::more) reading = reader->finish();
    if (reading.has_error()) return "error: " + reading.error().detail;
    if (*reading == Reading::outside_profile) return "outside";
    const Verdict verdict = reader->verdict();
    return verdict.has_error() ? verdict.error().reason : "accepted";
}

// What the run was worth: said at its end.
struct Tally {
    // Of messages accepted by somebody of ours and by stock xmlsec1, those of a form.
    struct Form {
        const char* name;
        unsigned long accepted;
    };
    Form forms[10] = {{"RSA", 0},
                      {"ECDSA", 0},
                      {"attachments", 0},
                      {"xop:Include", 0},
                      {"STR-Transform", 0},
                      {"assertion as signed part", 0},
                      {"assertion as token", 0},
                      {"names in values", 0},
                      {"several signatures", 0},
                      {"inclusive c14n", 0}};
    unsigned long accepted{0}, outside{0}, outside_accepted{0}, refused{0}, digests{0}, changed{0};
    ~Tally() {
        std::cerr << "accepted " << accepted << ", outside the profile " << outside
                  << " (of which the tree reader accepted " << outside_accepted << "), refused " << refused
                  << ", digests compared " << digests << " (of which " << changed
                  << " are not what the message says)\n";
        for (const Form& form : forms)
            std::cerr << "  accepted with " << form.name << ": " << form.accepted << '\n';
        test::print_refusals();
    }
    void note_forms(const test::FuzzMessage& message, const test::StockVerdict& stock,
                    bool assertion_as_token) {
        const auto has = [&](std::string_view text) { return message.root.find(text) != std::string::npos; };
        unsigned tokens = 0, attachments = 0;
        for (const test::SignatureVerdict& one : stock.signatures) {
            tokens += one.token_references;
            attachments += one.attachment_references;
        }
        const bool assertion = has("<saml:Assertion");
        const bool all[] = {has("#rsa-sha"),
                            has("#ecdsa-sha"),
                            attachments > 0,
                            !message.parts.empty() && has("Include"),
                            tokens > 0,
                            assertion && !assertion_as_token,
                            assertion && assertion_as_token,
                            has("kind>") || has("ref=") || has("xsi:type"),
                            stock.signatures.size() > (assertion ? 2 : 1),
                            has("xml-c14n1") || has("REC-xml-c14n")};
        for (std::size_t i = 0; i < std::size(all); ++i) forms[i].accepted += all[i];
    }
};
Tally& tally() {
    static Tally all;
    return all;
}

struct Verdicts {
    std::string streaming;
    std::string tree;
    const test::StockVerdict& stock;

    // That one signature over the Body is good, and that of the assertion if it counts.
    bool stock_agrees(bool saml) const {
        return stock.body_covered && (!saml || std::ranges::all_of(stock.signatures, [](const auto& one) {
                   return one.verified || !one.of_assertion;
               }));
    }
    void need(bool good, const std::string& what) const {
        if (good) return;
        std::cerr << what << "\n  one pass: " << streaming << "\n  tree: " << tree << "\n  stock: "
                  << (stock.verified ? "verified"
                      : stock.parsed ? "not verified"
                                     : "not parsed")
                  << (stock.body_covered ? ", Body covered" : "") << std::endl;
        std::abort();
    }
};

void check_refusal(const std::string& said, const Verdicts& all, const test::FuzzMessage& message) {
    if (said == "accepted" || said == "outside") return;
    const std::string wrong = test::check_refusal_reason(said, message, all.stock);
    all.need(wrong.empty(), wrong + ": " + said);
}

void compare_verdicts(const test::FuzzMessage& message, bool saml, const test::StockVerdict& stock) {
    const std::size_t size = message.root.size();
    const std::string streaming = judge(message, saml, true, size + 1);
    const std::string in_pieces = judge(message, saml, true, 1 + size % 7);
    const std::string tree = judge(message, saml, false, size + 1);
    const Verdicts all{streaming, tree, stock};
    // Of a text that is no XML each cut may find something else first.
    all.need(streaming == in_pieces || (streaming.starts_with("error") && in_pieces.starts_with("error")),
             "cut otherwise it says: " + in_pieces);
    if (streaming == "accepted") {
        ++tally().accepted;
        all.need(tree == "accepted" && all.stock_agrees(saml),
                 "the one-pass reader accepts what others do not");
    } else if (streaming == "outside") {
        ++tally().outside;
        tally().outside_accepted += tree == "accepted";
        all.need(tree != "outside", "nobody takes it");
        all.need(tree != "accepted" || all.stock_agrees(saml), "the tree reader accepts what stock does not");
    } else {
        ++tally().refused;
        all.need(tree != "accepted", "the one-pass reader refuses what the tree reader accepts");
    }
    if (tree == "accepted") {
        tally().note_forms(message, stock, saml);
        test::keep_good(message);
    }
    check_refusal(streaming, all, message);
    check_refusal(tree, all, message);
}

bool same_reference(const test::ReferenceDigest& a, const test::ReferenceDigest& b) {
    return a.signature == b.signature && a.index == b.index;
}

void compare_digests(const test::FuzzMessage& message, const test::StockVerdict& stock) {
    const auto ours = test::digests_in_one_pass(message, 1 + message.root.size() % 13);
    if (ours.empty()) return;
    const auto stocks = test::digests_by_stock(message.root, message.parts);
    const Verdicts all{"not asked", "not asked", stock};
    for (const test::ReferenceDigest& one : ours) {
        const auto like = [&](const test::ReferenceDigest& other) { return same_reference(one, other); };
        // A signature that is also in a header for somebody else may mean another element there.
        if (std::ranges::count_if(stocks, like) != 1) continue;
        const auto other = std::ranges::find_if(stocks, like);
        all.need(one.digest == other->digest, "the digest of " + one.uri + " is " + to_base64(one.digest) +
                                                  " in one pass, " + to_base64(other->digest) + " by stock");
        ++tally().digests;
        tally().changed += message.root.find(to_base64(one.digest)) == std::string::npos;
    }
}

test::StockVerdict ask_stock(const test::FuzzMessage& message) {
    EVP_PKEY* const keys[] = {test::p256_key().raw(), test::rsa_key().raw()};
    return test::verify_by_stock(message.root, keys, message.parts);
}

void write_seeds(const std::string& folder) {
    for (const auto& [name, message] : test::verify_seeds()) {
        const bool saml = name.starts_with("saml");
        if (const std::string said = judge(message, saml, false, 1 << 20); said != "accepted")
            std::cerr << "seed " << name << ": " << said << '\n';
        std::ofstream(folder + "/" + name + ".xml", std::ios::binary) << message.bytes();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = test::FuzzMessage::of({reinterpret_cast<const char*>(data), size});
    // The readers never see these: two parts of one Content-ID are no multipart/related
    // (gateway/http/mime.cpp).
    if (message.repeats_content_id()) return 0;
    const test::StockVerdict stock = ask_stock(message);
    compare_verdicts(message, false, stock);
    if (message.root.find("Assertion") != std::string::npos) compare_verdicts(message, true, stock);
    compare_digests(message, stock);
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned number) {
    const auto message = test::FuzzMessage::of({reinterpret_cast<const char*>(data), size});
    const std::string bytes = test::mutate(message, number, max_size).bytes();
    if (bytes.size() > max_size) return size;
    std::copy(bytes.begin(), bytes.end(), data);
    return bytes.size();
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    // What xmlsec1 sets up once, and keeps, is no leak.
    if (__lsan_disable != nullptr) __lsan_disable();
    xml::initialize();
    if (use_xmlsec().has_error()) std::abort();
    ask_stock({});
    if (__lsan_enable != nullptr) __lsan_enable();
    if (const char* const folder = std::getenv("HUTONG_WRITE_SEEDS")) {
        write_seeds(folder);
        std::exit(0);
    }
    return 0;
}
