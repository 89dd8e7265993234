// Which signatures both readers believe: algorithms, canonicalisations, what was changed, Ids, what policy
// wants.
#include <map>

#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/inbound/reader_fixture.hpp"
#include "tests/unit/xmldsig/resign.hpp"

namespace hutong::security {

namespace {

using test::Identity;
using test::reference;

class ReaderSignaturesTest : public ReaderFixture {
    CPPUNIT_TEST_SUITE(ReaderSignaturesTest);
    CPPUNIT_TEST(reads_what_wss4j_signed);
    CPPUNIT_TEST(verifies_by_every_canonicalisation);
    CPPUNIT_TEST(verifies_by_every_row_of_the_table);
    CPPUNIT_TEST(reads_what_wss4j_signed_by_other_algorithms);
    CPPUNIT_TEST(refuses_prefix_lists_that_are_read_in_two_ways);
    CPPUNIT_TEST(refuses_what_was_changed);
    CPPUNIT_TEST(refuses_ids_that_occur_twice_in_the_body);
    CPPUNIT_TEST(checks_what_policy_wants);
    CPPUNIT_TEST_SUITE_END();

    void reads_what_wss4j_signed() {
        now = parse_utc("2026-11-24T00:25:00Z").value();
        for (const std::string name : {"wss4j_str_transform.xml", "wss4j_pki_path.xml"}) {
            const std::string text = golden(name);
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
            for (std::size_t cut = 0; cut <= text.size(); ++cut)
                CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read(text, Which::streaming, {cut}).text());
        }
    }

    void verifies_by_every_canonicalisation() {
        for (const std::string_view method : {names::exc_c14n, names::c14n10, names::c14n11})
            for (const std::string_view of_parts : {names::exc_c14n, names::c14n10, names::c14n11}) {
                auto message = test::template_for(agency);
                message.c14n = std::string(method);
                message.body_attributes += " xml:lang=\"zh\"";
                const std::string t = test::transform(std::string(of_parts));
                message.references = {reference("TS", t), reference("Body", t)};
                CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(signed_by(message, agency)).text());
                CPPUNIT_ASSERT(read(signed_by(message, agency)).reading == Reading::more);
            }
        auto message = test::template_for(agency);
        const std::string listed =
            test::transform(std::string(names::exc_c14n), "<ec:InclusiveNamespaces xmlns:ec=\"" +
                                                              std::string(names::exc_c14n) +
                                                              "\" PrefixList=\"wsa soap #default\"/>");
        // Without transforms it is Canonical XML 1.0.
        message.references = {reference("TS", ""),
                              reference("Body", listed, "http://www.w3.org/2001/04/xmlenc#sha512")};
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(signed_by(message, agency)).text());
    }

    void verifies_by_every_row_of_the_table() {
        const std::map<KeyKind, Identity> signers{
            {KeyKind::rsa, rsa},
            {KeyKind::p256, agency},
            {KeyKind::p384, Identity{test::signer_recipe("p384", key_of(KeyKind::p384))}},
            {KeyKind::p521, Identity{test::signer_recipe("p521", key_of(KeyKind::p521))}},
            {KeyKind::ed25519, Identity{test::signer_recipe("ed25519", key_of(KeyKind::ed25519))}},
            {KeyKind::sm2, Identity{test::signer_recipe("sm2", key_of(KeyKind::sm2))}}};
        for (const SignatureAlgorithm& row : signature_algorithms()) {
            const Identity& signer = signers.at(row.key);
            auto message = test::template_for(signer);
            message.method = std::string(row.uri);
            const std::string text = signed_by(message, signer);
            const Outcome outcome = read_twice(text);
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), outcome.text());
            CPPUNIT_ASSERT_EQUAL(message.method, outcome.verdict->value().signature_algorithm);
            const std::string other =
                to_base64(Identity(test::signer_recipe("other", key_of(row.key))).der());
            CPPUNIT_ASSERT_EQUAL(
                std::string("the signature value does not fit the SignedInfo and the certificate's key"),
                read_twice(replaced(text, message.certificate, other)).text());
        }
    }
    static std::string key_of(KeyKind kind) {
        static const std::map<KeyKind, std::string> recipes{
            {KeyKind::rsa, "RSA:2048"},  {KeyKind::p256, "EC:P-256"},    {KeyKind::p384, "EC:P-384"},
            {KeyKind::p521, "EC:P-521"}, {KeyKind::ed25519, "ED25519:"}, {KeyKind::sm2, "SM2:"}};
        return recipes.at(kind);
    }

    // RSA-PSS by Bouncy Castle; P-521 by the JDK, with the zeros that Apache Santuario leaves out.
    void reads_what_wss4j_signed_by_other_algorithms() {
        now = parse_utc("2026-11-24T14:41:00Z").value();
        for (const auto& [name, uri] : {std::pair("wss4j_pss.xml", names::pss_sha256),
                                        std::pair("wss4j_p521.xml", names::ecdsa_sha512)}) {
            const Outcome outcome = read_twice(golden(name));
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), outcome.text());
            CPPUNIT_ASSERT_EQUAL(std::string(uri), outcome.verdict->value().signature_algorithm);
            CPPUNIT_ASSERT(
                read_twice(replaced(golden(name), "税务", "稅務")).text().starts_with("the digest of #"));
        }
        const Claims cut = read(golden("wss4j_p521.xml")).verdict->value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{130}, from_base64(cut.signature_value)->size());
    }

    // Found by fuzzing: what is not of this form xmlsec1 reads otherwise than the standard.
    void refuses_prefix_lists_that_are_read_in_two_ways() {
        const auto listed = [&](const std::string& attribute) {
            auto message = test::template_for(agency);
            const std::string with_list = test::transform(
                std::string(names::exc_c14n), "<ec:InclusiveNamespaces xmlns:ec=\"" +
                                                  std::string(names::exc_c14n) + "\" " + attribute + "/>");
            message.references = {reference("TS"), reference("Body", with_list)};
            message.body = "<a xmlns=\"\"/>";
            return read_twice(test::resigned(message.text(), agency)).text();
        };
        for (const std::string list : {"", "wsa", "wsa #default", "wsa "})
            CPPUNIT_ASSERT_EQUAL(std::string("accepted"), listed("PrefixList=\"" + list + "\""));
        for (const std::string list : {" wsa", "wsa  soap", "wsa&#10;soap", "wsa&#9;"})
            CPPUNIT_ASSERT_MESSAGE(list, listed("PrefixList=\"" + list + "\"").ends_with("by single spaces"));
        CPPUNIT_ASSERT_EQUAL(std::string("InclusiveNamespaces has no PrefixList"),
                             listed("PrefixLisv=\"a\""));
    }

    void refuses_what_was_changed() {
        const std::string text = signed_by(test::template_for(agency), agency);
        CPPUNIT_ASSERT_EQUAL(std::string("the digest of #Body does not fit: the signed part was changed"),
                             read_twice(replaced(text, "税务", "稅務")).text());
        CPPUNIT_ASSERT_EQUAL(std::string("the digest of #TS does not fit: the signed part was changed"),
                             read_twice(replaced(text, ":30Z<", ":31Z<")).text());
        CPPUNIT_ASSERT_EQUAL(std::string("#Body has a comment in the middle of text"),
                             read_twice(replaced(text, "税务", "税<!---->务")).text());
        now += std::chrono::hours(1);
        CPPUNIT_ASSERT(read_twice(text).verdict->error().kind == Rejection::Kind::expired);
        CPPUNIT_ASSERT_EQUAL(std::string(), read(text).events);
    }

    void refuses_ids_that_occur_twice_in_the_body() {
        auto message = test::template_for(agency);
        const auto body = [&](const std::string& content) {
            message.body = "<po:order xmlns:po=\"urn:po\">" + content + "</po:order>";
            return signed_by(message, agency);
        };
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"),
                             read_twice(body("<po:a id='1'/><po:b id='1' ID='2'/><po:c Id='2'/>")).text());
        for (const std::string content :
             {"<po:a id='TS'/>", "<po:a x:AssertionID='Body' xmlns:x='u:x'/>",
              "<po:a id='1'/><po:b wsu:Id='1'/>", "<po:b wsu:Id='1'/><po:a ID='1'/>",
              "<po:a xml:id='i'/><po:b><po:c po:Id='i'/></po:b>"}) {
            const Outcome outcome = read_twice(body(content));
            CPPUNIT_ASSERT_MESSAGE(content + outcome.text(),
                                   outcome.text().find("occurs more than once") != std::string::npos);
        }
    }

    void checks_what_policy_wants() {
        auto message = test::template_for(agency);
        message.headers = "<wsa:To wsu:Id=\"a\">urn:to</wsa:To><x:h xmlns:x=\"urn:x\" wsu:Id=\"b\"/>";
        message.references.push_back(reference("a"));
        const std::string text = signed_by(message, agency);
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        policy.sign_addressing = true;
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        policy.sign_headers = {{"urn:x", "h"}};
        CPPUNIT_ASSERT_EQUAL(std::string("header block {urn:x}h is not signed"), read_twice(text).text());
        policy.sign_headers = {{"urn:x", "absent"}};
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), read_twice(text).text());
        policy.signature_algorithms = {std::string(names::rsa_sha256)};
        CPPUNIT_ASSERT(read_twice(text).text().ends_with("is none of those that policy takes"));
        policy = {};
        policy.freshness = std::chrono::seconds(10);
        policy.clock_skew = std::chrono::seconds(1);
        CPPUNIT_ASSERT(read_twice(text).verdict->error().kind == Rejection::Kind::expired);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReaderSignaturesTest);

}  // namespace

}  // namespace hutong::security
