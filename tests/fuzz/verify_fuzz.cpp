// libFuzzer: signed messages, read by both readers and by plain pull-DOM + stock xmlsec1. What the one-pass
// reader accepts must be accepted by the other two, and a digest that it finds wrong must be wrong for them
// too.
//
// The mutator knows XML and signs what it has changed again, with the one key all seeds are signed with, so
// that the fuzzer gets past the signature. HUTONG_WRITE_SEEDS=FOLDER writes the seeds anew.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"
#include "tests/oracle/stock_verifier.hpp"
#include "tests/unit/xmldsig/resign.hpp"

using namespace hutong;
using namespace hutong::security;

// Not there where only the seeds are run.
extern "C" [[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                      std::size_t max_size);

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

void need(bool good, const std::string& what, const std::string& streaming, const std::string& tree,
          const test::StockVerdict& stock) {
    if (good) return;
    std::cerr << what << "\n  one pass: " << streaming << "\n  tree: " << tree << "\n  stock: "
              << (stock.verified ? "verified"
                  : stock.parsed ? "not verified"
                                 : "not parsed")
              << (stock.body_covered ? ", Body covered" : "") << std::endl;
    std::abort();
}

// What the run was worth: said at its end.
struct Tally {
    unsigned long accepted{0}, outside{0}, refused{0};
    ~Tally() {
        std::cerr << "accepted " << accepted << ", outside the profile " << outside << ", refused " << refused
                  << std::endl;
    }
};

bool is_about_digests(const std::string& reason) {
    return reason.find("does not fit") != std::string::npos;
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
    const test::StockVerdict stock = test::verify_by_stock(text, key().raw());
    // Of a text that is no XML each cut may find something else first.
    need(streaming == in_pieces || (streaming.starts_with("error") && in_pieces.starts_with("error")),
         "cut otherwise it says: " + in_pieces, streaming, tree, stock);
    if (streaming == "accepted")
        need(tree == "accepted" && (stock.foreign || (stock.verified && stock.body_covered)),
             "the one-pass reader accepts what others do not", streaming, tree, stock);
    else if (streaming == "outside")
        need(tree != "accepted" || stock.foreign || stock.verified,
             "the tree reader accepts what stock does not", streaming, tree, stock);
    else
        need(tree != "accepted", "the one-pass reader refuses what the tree reader accepts", streaming, tree,
             stock);
    static Tally tally;
    ++(streaming == "accepted" ? tally.accepted : streaming == "outside" ? tally.outside : tally.refused);
    if (is_about_digests(streaming))
        need(!stock.verified, "the one-pass reader finds another digest", streaming, tree, stock);
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned number) {
    std::minstd_rand random(number);
    std::string text(reinterpret_cast<const char*>(data), size);
    for (unsigned n = 1 + random() % 3; n > 0; --n) {
        const std::size_t at = text.empty() ? 0 : random() % text.size();
        const std::string_view piece = pieces[random() % std::size(pieces)];
        switch (random() % 6) {
            case 0: {
                std::string changed = text;
                changed.resize(max_size);
                changed.resize(
                    LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(changed.data()), text.size(), max_size));
                text = changed;
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
    if (random() % 8 != 0) text = test::resigned(std::move(text), key());
    if (text.size() > max_size) return size;
    std::copy(text.begin(), text.end(), data);
    return text.size();
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    xml::initialize();
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
