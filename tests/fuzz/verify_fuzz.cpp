// libFuzzer: signed messages, read by both readers and by plain pull-DOM + stock xmlsec1.
//
// - What the one-pass reader accepts must be accepted by the other two.
// - What it gives away as outside of its profile must be accepted by stock xmlsec1 if the tree reader does.
// - A digest or signature value that a reader of ours finds wrong must be wrong for stock xmlsec1 too. Any
//   other reason to refuse must be on the list of those that stock xmlsec1 does not ask for (refusals.hpp).
// - Whatever the verdicts, the digest of each reference must be the same octets in one pass and by stock
//   xmlsec1, where both have one.
//
// The mutator knows XML and signs what it has changed again, with the one key all seeds are signed with, so
// that the fuzzer gets past the signature. HUTONG_WRITE_SEEDS=FOLDER writes the seeds anew.
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <random>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"
#include "security/xmldsig/xmlsec_library.hpp"
#include "tests/fuzz/one_pass_digests.hpp"
#include "tests/fuzz/refusals.hpp"
#include "tests/oracle/stock_verifier.hpp"
#include "tests/unit/xmldsig/random_xml.hpp"
#include "tests/unit/xmldsig/resign.hpp"

using namespace hutong;
using namespace hutong::security;

// Not there where only the seeds are run.
extern "C" [[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                      std::size_t max_size);
extern "C" [[gnu::weak]] void __lsan_disable();
extern "C" [[gnu::weak]] void __lsan_enable();

namespace {

// Made for this file; it protects nothing.
const char* const key_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVSB8zGo/3tVd1Ih1\n"
    "GhpzzfrH9f3pdKWnMf/IVMq+tqWhRANCAAQ5hIqILpOtwpzj4G9t1F0wjF/f/42u\n"
    "j4WhBmWoM9G7a0kD1/rn0/JNz3/37nLSJOp9sB7g3mUGg8RQJl3YCZXS\n"
    "-----END PRIVATE KEY-----\n";

class FixedKey final : public SigningKey {
  public:
    FixedKey() {
        const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(key_pem, -1), BIO_free);
        key_.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
        if (!key_) std::abort();
    }
    EVP_PKEY* raw() const { return key_.get(); }
    KeyKind kind() const override { return KeyKind::p256; }
    const std::vector<Bytes>& certificates() const override { return none_; }
    Result<Bytes> sign(ByteView data) const override {
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              EVP_MD_CTX_free);
        Bytes der(128);
        std::size_t size = der.size();
        if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
            EVP_DigestSign(context.get(), der.data(), &size, data.data(), data.size()) != 1)
            std::abort();
        const unsigned char* at = der.data();
        const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
            d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
        Bytes value(64);
        BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), value.data(), 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), value.data() + 32, 32);
        return value;
    }

  private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, EVP_PKEY_free};
    std::vector<Bytes> none_;
};

const FixedKey& key() {
    static const FixedKey made;
    return made;
}

struct Quiet final : ReadingEvents {
    bool at_header(const soap::Layout&, const Claims*) override { return true; }
    bool at_operation(const soap::Layout&) override { return true; }
    const xml::SchemaSet* schemas() override { return nullptr; }
};

// "accepted", "outside", or why not.
std::string judge(std::string_view text, bool streaming, std::size_t piece) {
    static const config::Security options;
    static const xml::Limits limits;
    static const MessagePolicy policy;
    static const TimePoint now = parse_utc("2026-11-23T08:00:00Z").value();
    Quiet events;
    const ReaderInput input{&policy, now, &events, nullptr};
    const auto reader =
        streaming ? make_streaming_reader(options, limits, input) : make_tree_reader(options, limits, input);
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
    unsigned long accepted{0}, outside{0}, outside_accepted{0}, refused{0}, digests{0}, changed{0};
    ~Tally() {
        std::cerr << "accepted " << accepted << ", outside the profile " << outside
                  << " (of which the tree reader accepted " << outside_accepted << "), refused " << refused
                  << ", digests compared " << digests << " (of which " << changed
                  << " are not what the message says)" << std::endl;
        test::print_refusals();
    }
};
Tally& tally() {
    static Tally all;
    return all;
}

struct Verdicts {
    std::string streaming;
    std::string tree;
    test::StockVerdict stock;

    bool stock_agrees() const { return stock.foreign || (stock.verified && stock.body_covered); }
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

void check_refusal(const std::string& said, const Verdicts& all) {
    if (said == "accepted" || said == "outside") return;
    const test::Whose whose = test::whose_refusal(said);
    all.need(whose != test::Whose::nobody, "refused for a reason that is on no list: " + said);
    all.need(whose != test::Whose::stocks || !all.stock.verified,
             "a digest or value is wrong for us alone: " + said);
}

bool same_reference(const test::ReferenceDigest& a, const test::ReferenceDigest& b) {
    return a.signature == b.signature && a.index == b.index;
}

void compare_digests(std::string_view text, const Verdicts& all) {
    const auto ours = test::digests_in_one_pass(text, 1 + text.size() % 13);
    if (ours.empty()) return;
    const auto stocks = test::digests_by_stock(text);
    for (const test::ReferenceDigest& one : ours) {
        const auto like = [&](const test::ReferenceDigest& other) { return same_reference(one, other); };
        // A signature that is also in a header for somebody else may mean another element there.
        if (std::ranges::count_if(stocks, like) != 1) continue;
        const auto other = std::ranges::find_if(stocks, like);
        all.need(one.digest == other->digest, "the digest of " + one.uri + " is " + to_base64(one.digest) +
                                                  " in one pass, " + to_base64(other->digest) + " by stock");
        ++tally().digests;
        tally().changed += text.find(to_base64(one.digest)) == std::string_view::npos;
    }
}

// What a message may get or lose, besides what libFuzzer thinks of.
constexpr std::string_view pieces[] = {
    "<a/>",
    "<a xmlns=''/>",
    "<a xmlns='u:x'>",
    "</a>",
    "<po:b xmlns:po='u:y'/>",
    " xmlns:po='urn:po'",
    " xmlns='u:d'",
    " xmlns=''",
    " xml:lang='zh'",
    " xml:space='preserve'",
    " xml:id='i'",
    " xml:base='u:b'",
    " b='2' a='1'",
    " wsu:Id='I'",
    " Id='Body'",
    " id='1'",
    " po:a='1'",
    "<![CDATA[",
    "]]>",
    "<![CDATA[a\r\nb\r]]>",
    "<!-- c -->",
    "<!--",
    "-->",
    "&amp;",
    "&lt;",
    "&#13;",
    "&#10;",
    "&#9;",
    "&#x10000;",
    "&quot;",
    "\r\n",
    "\r",
    "\n",
    "\t",
    " ",
    "\xE7\xA8\x8E",
    "\xF0\x9F\x98\x80",
    "'",
    "\"",
    ">",
    "/>",
    "]]",
    "<?p i?>",
    "<wsse:UsernameToken/>",
    "<soap:Header/>",
    "<soap:Body/>",
    "<ds:Object/>",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "<ec:InclusiveNamespaces xmlns:ec='http://www.w3.org/2001/10/xml-exc-c14n#' PrefixList='po #default "
    "soap'/>"};

// Some of the messages that were accepted lately.
std::vector<std::string>& good_messages() {
    static std::vector<std::string> messages;
    return messages;
}

void keep_good(std::string_view text) {
    constexpr std::size_t most = 256;
    auto& messages = good_messages();
    if (messages.size() < most)
        messages.emplace_back(text);
    else
        messages[std::hash<std::string_view>{}(text) % most] = text;
}

std::string with_other_body(const std::string& message, unsigned seed) {
    const std::size_t begin = message.find('>', message.find("<soap:Body"));
    const std::size_t end = message.rfind("</soap:Body>");
    if (begin == std::string::npos || end == std::string::npos || end < begin) return message;
    return message.substr(0, begin + 1) + test::RandomXml(seed, seed % 4 != 0).document() +
           message.substr(end);
}

std::string changed(std::string text, std::minstd_rand& random, std::size_t max_size) {
    for (unsigned n = 1 + random() % 3; n > 0; --n) {
        const std::size_t at = text.empty() ? 0 : random() % text.size();
        const std::string_view piece = pieces[random() % std::size(pieces)];
        switch (random() % 6) {
            case 0: {
                const std::size_t size = text.size();
                text.resize(std::max(size, max_size));
                text.resize(
                    LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
                break;
            }
            case 1:
                text.erase(at, random() % 30);
                break;
            case 2:  // something that is there already, somewhere else
                text.insert(at, text.substr(random() % (text.size() + 1), random() % 200));
                break;
            case 3: {  // behind a tag or a name
                const std::size_t place = text.find_first_of("> ", at);
                text.insert(place == std::string::npos ? at : place + (text[place] == '>' ? 1 : 0), piece);
                break;
            }
            case 4: {  // in the Body
                const std::size_t body = text.find("<soap:Body");
                const std::size_t place =
                    body == std::string::npos ? at : body + random() % (text.size() - body);
                text.insert(place, piece);
                break;
            }
            default:
                text.insert(at, piece);
        }
    }
    return text;
}

std::string seed(const std::string& certificate, const std::string& envelope_ns, const std::string& c14n,
                 const std::string& method_content, const std::string& headers,
                 const std::string& more_references, const std::string& body) {
    const auto reference = [&](const std::string& id) {
        return "<ds:Reference URI=\"#" + id + "\"><ds:Transforms><ds:Transform Algorithm=\"" + c14n + "\">" +
               method_content +
               "</ds:Transform></ds:Transforms><ds:DigestMethod "
               "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue></ds:DigestValue>"
               "</ds:Reference>";
    };
    const std::string wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    return "<soap:Envelope xmlns:soap=\"" + envelope_ns + "\" xmlns:wsu=\"" + wss +
           "wssecurity-utility-1.0.xsd\" "
           "xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><soap:Header><wsse:Security "
           "xmlns:wsse=\"" +
           wss + "wssecurity-secext-1.0.xsd\"><wsse:BinarySecurityToken EncodingType=\"" + wss +
           "soap-message-security-1.0#Base64Binary\" ValueType=\"" + wss +
           "x509-token-profile-1.0#X509v3\" wsu:Id=\"T\">" + certificate +
           "</wsse:BinarySecurityToken><wsu:Timestamp "
           "wsu:Id=\"TS\"><wsu:Created>2026-11-23T07:59:30Z</wsu:Created>"
           "<wsu:Expires>2026-11-23T08:04:30Z</wsu:Expires></wsu:Timestamp><ds:Signature "
           "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo><ds:CanonicalizationMethod "
           "Algorithm=\"" +
           c14n +
           "\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"/>" +
           reference("TS") + reference("Body") + more_references +
           "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>"
           "<wsse:Reference "
           "URI=\"#T\"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>" +
           headers + "</soap:Header><soap:Body wsu:Id=\"Body\">" + body + "</soap:Body></soap:Envelope>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string streaming = judge(text, true, text.size() + 1);
    const std::string in_pieces = judge(text, true, 1 + size % 7);
    const std::string tree = judge(text, false, text.size() + 1);
    const Verdicts all{streaming, tree, test::verify_by_stock(text, key().raw())};
    // Of a text that is no XML each cut may find something else first.
    all.need(streaming == in_pieces || (streaming.starts_with("error") && in_pieces.starts_with("error")),
             "cut otherwise it says: " + in_pieces);
    if (streaming == "accepted") {
        ++tally().accepted;
        all.need(tree == "accepted" && all.stock_agrees(), "the one-pass reader accepts what others do not");
        keep_good(text);
    } else if (streaming == "outside") {
        ++tally().outside;
        tally().outside_accepted += tree == "accepted";
        all.need(tree != "outside", "nobody takes it");
        all.need(tree != "accepted" || all.stock_agrees(), "the tree reader accepts what stock does not");
    } else {
        ++tally().refused;
        all.need(tree != "accepted", "the one-pass reader refuses what the tree reader accepts");
    }
    check_refusal(streaming, all);
    check_refusal(tree, all);
    compare_digests(text, all);
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned number) {
    std::minstd_rand random(number);
    std::string text(reinterpret_cast<const char*>(data), size);
    // What is broken once stays so: most of the time something good is changed so that it still is XML.
    if (random() % 4 != 0 && !good_messages().empty()) {
        const std::string& good = good_messages()[random() % good_messages().size()];
        do {
            text = random() % 3 == 0 ? with_other_body(good, random()) : changed(good, random, max_size);
        } while (random() % 20 != 0 && xml::parse(text).has_error());
    } else {
        text = changed(std::move(text), random, max_size);
    }
    if (random() % 8 != 0) text = test::resigned(std::move(text), key());
    if (text.size() > max_size) return size;
    std::copy(text.begin(), text.end(), data);
    return text.size();
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    // What xmlsec1 sets up once, and keeps, is no leak.
    if (__lsan_disable != nullptr) __lsan_disable();
    xml::initialize();
    if (use_xmlsec().has_error()) std::abort();
    test::verify_by_stock("", key().raw());
    if (__lsan_enable != nullptr) __lsan_enable();
    const char* const folder = std::getenv("HUTONG_WRITE_SEEDS");
    const char* const certificate = std::getenv("HUTONG_SEED_CERTIFICATE");
    if (folder == nullptr || certificate == nullptr) return 0;
    const std::string exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    const std::string inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    const std::string inclusive11 = "http://www.w3.org/2006/12/xml-c14n11";
    const std::string listed =
        "<ec:InclusiveNamespaces xmlns:ec=\"" + exclusive + "\" PrefixList=\"soap wsa #default\"/>";
    const std::string v11 = "http://schemas.xmlsoap.org/soap/envelope/";
    const std::string v12 = "http://www.w3.org/2003/05/soap-envelope";
    const std::string body =
        "<po:order xmlns:po=\"urn:po\" po:b='2' a='1'><po:item xmlns='u:d'>\xE7\xA8\x8E<c/></po:item>"
        "</po:order>";
    const std::string odd =
        "<po:order xmlns:po=\"urn:po\"><![CDATA[a\r\n<&]]>\r\n&amp;&#13;<x xml:lang='zh' y='&lt;&#10;'/>"
        "<q><!-- c --></q></po:order>";
    const std::string to = "<wsa:To>urn:to</wsa:To><h:h xmlns:h='u:h' soap:actor='u:a'/>";
    const std::string seeds[] = {seed(certificate, v11, exclusive, "", "", "", body),
                                 seed(certificate, v12, exclusive, listed, to, "", odd),
                                 seed(certificate, v11, inclusive, "", to, "", odd),
                                 seed(certificate, v12, inclusive11, "", "", "", body)};
    for (std::size_t i = 0; i < std::size(seeds); ++i) {
        const std::string text = test::resigned(seeds[i], key());
        if (judge(text, true, 100) != "accepted")
            std::cerr << "seed " << i << ": " << judge(text, true, 100) << '\n';
        const std::string name = std::string(folder) + "/" + std::to_string(i) + ".xml";
        FILE* const file = std::fopen(name.c_str(), "wb");
        if (file == nullptr) std::abort();
        std::fwrite(text.data(), 1, text.size(), file);
        std::fclose(file);
    }
    std::exit(0);
}
