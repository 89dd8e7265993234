// What we sign: verified by the xmlsec1 command line and by our own verifier, and otherwise left as it was.
#include "security/outbound/message_signer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/config/config.hpp"
#include "security/inbound/verifier.hpp"
#include "security/outbound/identity.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using test::Identity;

const std::string plain11 =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<S:Envelope "
    "xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\">"
    "<S:Body><r:answer xmlns:r='urn:r'  b=\"1\" a='2'>税务 &amp; <![CDATA[<x>]]><!-- note "
    "--><r:empty/></r:answer></S:Body></S:Envelope>";

class MessageSignerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MessageSignerTest);
    CPPUNIT_TEST(xmlsec1_verifies_it);
    CPPUNIT_TEST(our_verifier_verifies_it);
    CPPUNIT_TEST(changes_nothing_else);
    CPPUNIT_TEST(keeps_an_id_that_body_has);
    CPPUNIT_TEST(refuses_an_id_that_is_no_name);
    CPPUNIT_TEST(finds_a_free_prefix);
    CPPUNIT_TEST(signs_every_form_of_envelope);
    CPPUNIT_TEST(replaces_a_competing_header_only);
    CPPUNIT_TEST(signs_blocks_that_are_added);
    CPPUNIT_TEST(signs_header_blocks_that_policy_names);
    CPPUNIT_TEST(says_how_long_it_is_good);
    CPPUNIT_TEST(confirms_the_signatures_of_the_request);
    CPPUNIT_TEST_SUITE_END();

    const Identity rsa{test::signer_recipe("gateway-rsa", "RSA:2048")};
    const Identity p256{test::signer_recipe("gateway")};
    const xml::Limits limits;

    std::string sign(const std::string& text, const Identity& key) {
        const auto layout = soap::scan(text, limits);
        CPPUNIT_ASSERT_MESSAGE(layout.has_error() ? layout.error().detail : "", layout.has_value());
        const auto done = sign_message(text, *layout, key, {.now = test::test_time()});
        CPPUNIT_ASSERT_MESSAGE(done.has_error() ? done.error().detail : "", done.has_value());
        return *done;
    }

    Claims verify(const std::string& text) {
        const auto layout = soap::scan(text, limits);
        CPPUNIT_ASSERT_MESSAGE(layout.has_error() ? layout.error().detail : "", layout.has_value());
        const auto verdict = make_dom_verifier({}, limits)->verify({text, &*layout, {}, test::test_time()});
        CPPUNIT_ASSERT_MESSAGE(verdict.has_error() ? verdict.error().reason + "\n" + text : "",
                               verdict.has_value());
        return *verdict;
    }

    // xmlsec1 finds the signature over the confirmations good, and a changed one not.
    void confirms_the_signatures_of_the_request() {
        const auto signed_with = [&](std::vector<std::string> values) {
            const std::string text =
                "<S:Envelope xmlns:S=\"" + std::string(soap::ns11) +
                "\"><S:Body><r:answer xmlns:r='urn:r'>税务</r:answer></S:Body></S:Envelope>";
            const auto layout = soap::scan(text, limits).value();
            return sign_message(text, layout, p256, {.now = test::test_time(), .confirm = std::move(values)})
                .value();
        };
        const std::string two = signed_with({"AAAA", "BBBB"});
        verify(two);
        const std::string id = std::string(names::wsse11) + ":SignatureConfirmation";
        CPPUNIT_ASSERT(xmlsec1_says_good(two, p256, id));
        CPPUNIT_ASSERT(two.find("Value=\"AAAA\"") != std::string::npos);
        std::string altered = two;
        altered.replace(altered.find("\"BBBB\""), 6, "\"BBBC\"");
        CPPUNIT_ASSERT(!xmlsec1_says_good(altered, p256, id));
        const std::string none = signed_with({});
        verify(none);
        CPPUNIT_ASSERT(xmlsec1_says_good(none, p256, id));
        CPPUNIT_ASSERT(none.find("<wsse11:SignatureConfirmation") != std::string::npos);
        CPPUNIT_ASSERT(none.find("Value=") == std::string::npos);
        CPPUNIT_ASSERT(sign(plain11, p256).find("SignatureConfirmation") == std::string::npos);
    }

    // The command line, with the certificate given from outside.
    bool xmlsec1_says_good(const std::string& text, const Identity& key, const std::string& also_id = {}) {
        const test::ForeignSigner folder;
        const std::string base = folder.folder().string();
        test::write_file(base + "/message.xml", text);
        test::write_file(base + "/cert.pem", key.certificate_pem());
        return test::run_command("xmlsec1 --verify --pubkey-cert-pem " + base + "/cert.pem --id-attr:Id " +
                                 std::string(soap::ns_wsu) + ":Timestamp --id-attr:Id " +
                                 std::string(soap::ns11) + ":Body --id-attr:Id " + std::string(soap::ns12) +
                                 ":Body --id-attr:Id " + std::string(soap::ns_hutong) + ":Identity " +
                                 (also_id.empty() ? "" : "--id-attr:Id " + also_id + " ") + base +
                                 "/message.xml")
            .first;
    }

    void xmlsec1_verifies_it() {
        const Identity p384{test::signer_recipe("p384", "EC:P-384")};
        const Identity p521{test::signer_recipe("p521", "EC:P-521")};
        for (const Identity* key : {&rsa, &p256, &p384, &p521}) {
            const std::string text = sign(plain11, *key);
            CPPUNIT_ASSERT(xmlsec1_says_good(text, *key));
            std::string altered = text;
            altered.replace(altered.find("r:empty"), 7, "r:emptY");
            CPPUNIT_ASSERT(!xmlsec1_says_good(altered, *key));
            CPPUNIT_ASSERT(!xmlsec1_says_good(text, Identity(test::signer_recipe("other"))));
        }
    }

    void our_verifier_verifies_it() {
        for (const Identity* key : {&rsa, &p256}) {
            const std::string commented = "<!-- note -->";
            std::string text = plain11;
            text.replace(text.find(commented), commented.size(), "");
            const Claims claims = verify(sign(text, *key));
            CPPUNIT_ASSERT(claims.certificate == key->der());
            CPPUNIT_ASSERT(claims.body_signed);
            CPPUNIT_ASSERT(claims.key_kind == key->kind());
        }
    }

    void changes_nothing_else() {
        std::string text = sign(plain11, p256);
        const auto cut = [&](const std::string& begin, const std::string& end) {
            const auto from = text.find(begin);
            text.erase(from, text.find(end, from + 1) + end.size() - from);
        };
        cut("<S:Header>", "</S:Header>");
        cut(" xmlns:wsu=", " wsu:Id=");
        cut("\"B-", "\"");
        CPPUNIT_ASSERT_EQUAL(plain11, text);
    }

    void keeps_an_id_that_body_has() {
        std::string text = plain11;
        text.replace(text.find("<S:Body>"), 8,
                     "<S:Body xmlns:u=\"" + std::string(soap::ns_wsu) + "\" u:Id=\"mine\">");
        const std::string done = sign(text, p256);
        CPPUNIT_ASSERT(done.find("URI=\"#mine\"") != std::string::npos);
        CPPUNIT_ASSERT(done.ends_with(text.substr(text.find("<S:Body"))));
        CPPUNIT_ASSERT(xmlsec1_says_good(done, p256));
    }

    void refuses_an_id_that_is_no_name() {
        std::string text = plain11;
        text.replace(text.find("<S:Body>"), 8,
                     "<S:Body xmlns:u=\"" + std::string(soap::ns_wsu) + "\" u:Id=\"a&quot;b\">");
        const auto layout = soap::scan(text, limits);
        const auto done = sign_message(text, *layout, p256, {.now = test::test_time()});
        CPPUNIT_ASSERT(done.has_error());
        CPPUNIT_ASSERT(done.error().detail.find("wsu:Id") != std::string::npos);
    }

    void finds_a_free_prefix() {
        // wsu and wsse mean something else here, also below Body, where that meaning must stay.
        const std::string text = "<S:Envelope xmlns:S=\"" + std::string(soap::ns11) +
                                 "\" xmlns:wsu=\"urn:mine\" xmlns:wsse=\"urn:my-own\" xmlns:ds=\"urn:d\" "
                                 "xmlns:soap=\"urn:s\"><S:Body wsu:x=\"1\">"
                                 "<wsu:a wsse:b=\"2\"/></S:Body></S:Envelope>";
        const std::string done = sign(text, p256);
        CPPUNIT_ASSERT(done.find("wsu1:Id=") != std::string::npos);
        CPPUNIT_ASSERT(xmlsec1_says_good(done, p256));
        CPPUNIT_ASSERT(verify(done).body_signed);
        const auto read = xml::parse(done);
        CPPUNIT_ASSERT(static_cast<bool>(read->root().child(soap::ns11, "Body").child("urn:mine", "a")));
    }

    void signs_every_form_of_envelope() {
        const std::string open11 = "<Envelope xmlns=\"" + std::string(soap::ns11) + "\">";
        const std::string open12 =
            "<e:Envelope xmlns:e=\"" + std::string(soap::ns12) + "\" xmlns:unused=\"urn:u\">";
        for (const std::string& text :
             {open11 + "<Body/></Envelope>", open11 + "<Header/><Body\n/></Envelope>",
              open11 + "<Header a=\"&gt;\" /><Body><x xmlns=\"\"/></Body></Envelope>",
              open12 + "<e:Header><h xmlns=\"urn:h\"/></e:Header><e:Body><p xmlns=\"urn:p\" "
                       "unused:a=\"\"/></e:Body></e:Envelope>",
              open12 + "\n <e:Header>\n </e:Header>\n <e:Body >\r\n<p/></e:Body></e:Envelope>"}) {
            const std::string done = sign(text, p256);
            CPPUNIT_ASSERT_MESSAGE(done, xmlsec1_says_good(done, p256));
            CPPUNIT_ASSERT(verify(done).body_signed);
        }
    }

    void replaces_a_competing_header_only() {
        const auto security = [](const std::string& attributes, const std::string& content) {
            return "<w:Security xmlns:w=\"" + std::string(soap::ns_wsse) + "\"" + attributes + ">" + content +
                   "</w:Security>";
        };
        const std::string text = "<S:Envelope xmlns:S=\"" + std::string(soap::ns11) + "\"><S:Header>" +
                                 security("", "<old/>") + "<h xmlns=\"urn:h\"/>" +
                                 security(" S:actor=\"urn:auditor\"", "<kept/>") +
                                 "</S:Header><S:Body/></S:Envelope>";
        const std::string done = sign(text, p256);
        CPPUNIT_ASSERT(done.find("<old/>") == std::string::npos);
        CPPUNIT_ASSERT(done.find("<kept/>") != std::string::npos && done.find("urn:h") != std::string::npos);
        CPPUNIT_ASSERT(verify(done).body_signed);
        // Signing what is signed already leaves one signature.
        const std::string again = sign(sign(plain11, rsa), p256);
        CPPUNIT_ASSERT(again.find("<ds:Signature ") == again.rfind("<ds:Signature "));
        CPPUNIT_ASSERT(xmlsec1_says_good(again, p256));
    }

    void signs_blocks_that_are_added() {
        CallerIdentity identity{"tax", "gs", "gs/echo", "Echo<&>\"'\r税", "01X", "ab", test::test_time()};
        std::string message = plain11;
        message.erase(message.find("<!-- note -->"), 13);
        const auto layout = soap::scan(message, limits);
        SignOptions options{.now = test::test_time(), .blocks = {{"who", identity_block(identity, "who")}}};
        const std::string text = sign_message(message, *layout, p256, options).value();
        CPPUNIT_ASSERT(xmlsec1_says_good(text, p256));
        std::string altered = text;
        altered.replace(altered.find(">tax<"), 5, ">tex<");
        CPPUNIT_ASSERT(!xmlsec1_says_good(altered, p256));
        const Claims claims = verify(text);
        CPPUNIT_ASSERT(claims.signed_headers ==
                       (std::vector<xml::QName>{{std::string(soap::ns_hutong), "Identity"}}));
    }

    // As the gateway signs an answer: xmlsec1 agrees, and notices a change of each block.
    void signs_header_blocks_that_policy_names() {
        const std::string wsa(soap::ns_wsa);
        const std::string text = "<S:Envelope xmlns:S=\"" + std::string(soap::ns11) +
                                 "\"><S:Header xmlns:h=\"urn:h\"><a:RelatesTo xmlns:a=\"" + wsa +
                                 "\">urn:7</a:RelatesTo><h:case>8</h:case><h:other>9</h:other></S:Header>"
                                 "<S:Body/></S:Envelope>";
        MessagePolicy policy;
        policy.sign_addressing = true;
        policy.sign_headers = {{"urn:h", "case"}};
        const SignedBody body = digest_body(text, reference_digest(KeyKind::p256), &policy).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, body.headers.size());
        const soap::Layout layout = soap::scan(text, limits).value();
        // And one that the gateway adds itself.
        const std::string added = "<h:Own xmlns:h=\"urn:own\" xmlns:wsu=\"" + std::string(soap::ns_wsu) +
                                  "\" wsu:Id=\"own\">" + canonical_value("a&<>\"'\r") + "</h:Own>";
        const Signing signing =
            sign_body(body, layout, p256, {.now = test::test_time(), .blocks = {{"own", added}}}).value();
        std::vector<soap::Edit> edits = identifying_edits(body);
        edits.push_back(soap::add_to_header(layout, {}, signing.header + added));
        const std::string done = soap::edited(text, std::move(edits));
        const auto good = [&](const std::string& message) {
            const test::ForeignSigner folder;
            const std::string base = folder.folder().string();
            test::write_file(base + "/message.xml", message);
            test::write_file(base + "/cert.pem", p256.certificate_pem());
            std::string ids;
            for (const std::string& name :
                 {std::string(soap::ns_wsu) + ":Timestamp", std::string(soap::ns11) + ":Body",
                  wsa + ":RelatesTo", std::string("urn:h:case"), std::string("urn:own:Own")})
                ids += " --id-attr:Id " + name;
            return test::run_command("xmlsec1 --verify --pubkey-cert-pem " + base + "/cert.pem" + ids + " " +
                                     base + "/message.xml")
                .first;
        };
        CPPUNIT_ASSERT_MESSAGE(done, good(done));
        const Claims claims = verify(done);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, claims.signed_headers.size());
        for (const auto& [from, to] : {std::pair{"urn:7<", "urn:6<"}, std::pair{">8<", ">0<"}}) {
            std::string altered = done;
            altered.replace(altered.find(from), std::string(from).size(), to);
            CPPUNIT_ASSERT_MESSAGE(altered, !good(altered));
        }
        std::string other = done;
        other.replace(other.find(">9<"), 3, ">0<");
        CPPUNIT_ASSERT(good(other));
    }

    void says_how_long_it_is_good() {
        const std::string done =
            sign("<S:Envelope xmlns:S=\"" + std::string(soap::ns11) + "\"><S:Body/></S:Envelope>", p256);
        CPPUNIT_ASSERT(done.find("mustUnderstand=\"1\"") != std::string::npos);
        const Claims claims = verify(done);
        CPPUNIT_ASSERT(claims.created == test::test_time());
        CPPUNIT_ASSERT(claims.expires == test::test_time() + std::chrono::seconds(300));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MessageSignerTest);

}  // namespace

}  // namespace hutong::security
