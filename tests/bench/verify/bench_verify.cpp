// Times the verification of signed messages: this reader, stock xmlsec1, and the floor under any verifier.
//   bench_verify FOLDER    writes the messages and certificates there for others to time, and prints one JSON
//   object; with a shape, a size, a key, what to time and how often: that alone, for a profiler
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <malloc.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <time.h>

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/bench/verify/messages.hpp"
#include "tests/oracle/stock_verifier.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

using namespace hutong;

namespace {

constexpr std::size_t network_piece = 16u << 10;

struct Quiet final : security::ReadingEvents {
    bool at_header(const soap::Layout&, const security::Claims*) override { return true; }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

void need(bool good, const std::string& what) {
    if (good) return;
    std::cerr << "bench_verify: " << what << '\n';
    std::exit(1);
}

// Feeds as the network does; `after_piece` is called now and then.
void read(const std::string& text, const std::function<void()>& after_piece = {}) {
    static const config::Security options;
    static const xml::Limits limits;
    static const security::MessagePolicy policy;
    Quiet events;
    const auto reader =
        security::make_streaming_reader(options, limits, {&policy, test::test_time(), &events, nullptr});
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto fed = reader->feed(rest.substr(0, network_piece));
        need(fed.has_value() && *fed == security::Reading::more, "the reader stopped");
        rest.remove_prefix(std::min(rest.size(), network_piece));
        if (after_piece) after_piece();
    }
    need(reader->finish().has_value(), "the reader did not finish");
    const auto verdict = reader->verdict();
    need(verdict.has_value(), "the reader refused: " + (verdict.has_error() ? verdict.error().reason : ""));
}

// What no verifier can do without: a parse that tells nobody anything, the hash, the public-key operation.
class Floor {
  public:
    Floor(const test::Identity& signer, const std::string& text) : text_(text) {
        const auto document = xml::parse(text);
        const xml::Element signature =
            document->root().first_child().first_child().child(security::names::ds, "Signature");
        const std::string info = security::canonicalize(signature.child(security::names::ds, "SignedInfo"),
                                                        security::names::exc_c14n)
                                     .value();
        hash_ = sha256(info);
        value_ = from_base64(signature.child(security::names::ds, "SignatureValue").text()).value();
        if (signer.kind() == security::KeyKind::p256) value_ = to_der(value_);
        context_.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, signer.key(), nullptr));
        EVP_PKEY_verify_init(context_.get());
        if (signer.kind() == security::KeyKind::rsa)
            EVP_PKEY_CTX_set_rsa_padding(context_.get(), RSA_PKCS1_PADDING);
        EVP_PKEY_CTX_set_signature_md(context_.get(), EVP_sha256());
    }
    void run() const {
        const xmlParserCtxtPtr parser =
            xmlCreateMemoryParserCtxt(text_.data(), static_cast<int>(text_.size()));
        xmlCtxtUseOptions(parser,
                          XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
        *parser->sax = {};
        parser->sax->initialized = XML_SAX2_MAGIC;
        xmlParseDocument(parser);
        need(parser->wellFormed == 1, "the floor's parse failed");
        xmlFreeParserCtxt(parser);
        sha256(text_);
        need(EVP_PKEY_verify(context_.get(), value_.data(), value_.size(), hash_.data(), hash_.size()) == 1,
             "the floor's signature failed");
    }

  private:
    static Bytes to_der(const Bytes& raw) {
        const auto number = [](ByteView half) {
            Bytes bytes(half.begin(), half.end());
            bytes.erase(bytes.begin(),
                        std::find_if(bytes.begin(), bytes.end() - 1, [](auto b) { return b != 0; }));
            if (bytes[0] >= 0x80) bytes.insert(bytes.begin(), 0);
            bytes.insert(bytes.begin(), {2, static_cast<std::uint8_t>(bytes.size())});
            return bytes;
        };
        Bytes der = number(ByteView(raw).first(32));
        const Bytes s = number(ByteView(raw).last(32));
        der.insert(der.end(), s.begin(), s.end());
        der.insert(der.begin(), {0x30, static_cast<std::uint8_t>(der.size())});
        return der;
    }

    const std::string& text_;
    Sha256Digest hash_{};
    Bytes value_;
    std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context_{nullptr, EVP_PKEY_CTX_free};
};

// Of processor time, of which others on the machine take less away than of the time of day.
double microseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// The best of many short rounds of each, taken in turns, so that a noisy moment hits all alike.
std::vector<double> best_of(const std::vector<std::function<void()>>& candidates) {
    std::vector<double> best(candidates.size(), 1e12);
    std::vector<int> repeats;
    for (const auto& candidate : candidates) {
        candidate();
        const double begin = microseconds();
        candidate();
        repeats.push_back(std::clamp(static_cast<int>(4000 / (microseconds() - begin)), 1, 200));
    }
    for (int round = 0; round < 25; ++round)
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            const double begin = microseconds();
            for (int n = 0; n < repeats[i]; ++n) candidates[i]();
            best[i] = std::min(best[i], (microseconds() - begin) / repeats[i]);
        }
    return best;
}

std::size_t heap_in_use() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

// How much the heap grows while a message is read.
double heap_growth_kib(const std::string& text) {
    const std::size_t before = heap_in_use();
    std::size_t most = before;
    read(text, [&] { most = std::max(most, heap_in_use()); });
    need(most > before, "glibc counts nothing: another malloc is in its place");
    return static_cast<double>(most - before) / 1024;
}

// One of them over and over, for a profiler to look at.
void repeat(const std::string& text, const test::Identity& signer, std::string_view what, int times) {
    const Floor floor(signer, text);
    for (int n = 0; n < times; ++n) {
        if (what == "reader")
            read(text);
        else if (what == "stock")
            test::verify_by_stock(text, signer.key());
        else
            floor.run();
    }
}

void print_heap(const test::Identity& signer) {
    std::cout << "{\"heap\": {";
    const char* separator = "";
    for (const std::string shape : {"elements", "chinese"})
        for (const std::size_t kilobytes : {64, 16384}) {
            const std::string text = bench::signed_message(bench::body_of(shape, kilobytes << 10), signer);
            std::cout << separator << "\"" << shape << " " << kilobytes << " KB\": " << heap_growth_kib(text);
            separator = ", ";
        }
    std::cout << "}}\n";
}

}  // namespace

int main(int argc, char** argv) {
    const bool heap = argc == 3 && std::string_view(argv[2]) == "heap";
    need(argc == 2 || heap || argc == 7,
         "usage: bench_verify FOLDER [heap | SHAPE KILOBYTES rsa|p256 reader|stock|floor TIMES]");
    const std::string folder = argv[1];
    xml::initialize();
    const std::map<std::string, std::unique_ptr<test::Identity>> signers = [] {
        std::map<std::string, std::unique_ptr<test::Identity>> made;
        for (const auto& [kind, key] : {std::pair("rsa", "RSA:2048"), std::pair("p256", "EC:P-256")}) {
            test::CertificateRecipe recipe = test::signer_recipe(std::string("bench ") + kind, key);
            // Others judge it by the time of day.
            recipe.begins = -std::chrono::hours(24 * 365 * 5);
            recipe.ends = std::chrono::hours(24 * 365 * 50);
            made[kind] = std::make_unique<test::Identity>(recipe);
        }
        return made;
    }();
    for (const auto& [kind, signer] : signers)
        test::write_file(folder + "/" + kind + ".pem", signer->certificate_pem());

    if (heap) return print_heap(*signers.at("p256")), 0;
    if (argc == 7) {
        const test::Identity& signer = *signers.at(argv[4]);
        repeat(bench::signed_message(bench::body_of(argv[2], std::stoul(argv[3]) << 10), signer), signer,
               argv[5], std::stoi(argv[6]));
        return 0;
    }

    std::cout << "{\"rows\": [";
    const char* separator = "";
    for (const std::string shape : {"elements", "ascii", "chinese"})
        for (const std::size_t kilobytes : {1, 4, 64, 1024})
            for (const std::string key : {"rsa", "p256"}) {
                const test::Identity& signer = *signers.at(key);
                const std::string text =
                    bench::signed_message(bench::body_of(shape, kilobytes << 10), signer);
                const bench::Message message{shape, kilobytes, key, text};
                const std::string file = shape + "-" + std::to_string(kilobytes) + "-" + key + ".xml";
                test::write_file(folder + "/" + file, text);
                need(test::verify_by_stock(text, signer.key()).verified, "stock xmlsec1 refused " + file);
                const Floor floor(signer, text);
                const auto best =
                    best_of({[&] { read(text); }, [&] { test::verify_by_stock(text, signer.key()); },
                             [&] { floor.run(); }});
                std::cout << separator << "\n{\"name\": \"" << message.name() << "\", \"file\": \"" << file
                          << "\", \"reader\": " << best[0] << ", \"stock\": " << best[1]
                          << ", \"floor\": " << best[2] << "}" << std::flush;
                separator = ",";
            }
    std::cout << "\n]}\n";
}
