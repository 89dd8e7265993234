// What a verified message claims, with messages signed by others: xmlsec1's command line, python3-xmlsec,
// WSS4J.
#include "security/inbound/verifier.hpp"

#include <atomic>
#include <map>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>

#include "base/config/config.hpp"
#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using test::Identity;
using test::reference;

class VerifierTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(VerifierTest);
    CPPUNIT_TEST(verifies_what_the_command_line_signed);
    CPPUNIT_TEST(verifies_every_row_of_the_table);
    CPPUNIT_TEST(refuses_a_key_with_another_row);
    CPPUNIT_TEST(reads_ecdsa_numbers_without_their_zeros);
    CPPUNIT_TEST(refuses_pss_with_parameters);
    CPPUNIT_TEST(passes_on_what_xmlsec_says);
    CPPUNIT_TEST(says_what_was_signed);
    CPPUNIT_TEST(counts_a_message_id_only_when_signed);
    CPPUNIT_TEST(requires_only_what_policy_requires);
    CPPUNIT_TEST(serves_configured_roles);
    CPPUNIT_TEST(cuts_expires_to_freshness);
    CPPUNIT_TEST(verifies_wss4j_with_str_transform);
    CPPUNIT_TEST(refuses_a_changed_token_under_str_transform);
    CPPUNIT_TEST(reads_wss4j_pki_path);
    CPPUNIT_TEST(serves_many_threads);
    CPPUNIT_TEST_SUITE_END();

    const Identity agency{test::signer_recipe("agency")};
    const Identity rsa{test::signer_recipe("agency-rsa", "RSA:2048")};
    const xml::Limits limits;

    std::string signed_by(const test::WssTemplate& message, const Identity& identity) {
        test::ForeignSigner signer;
        signer.add("message", message.text(), identity.key_pem());
        signer.run();
        return signer.signed_message("message");
    }
    Verdict verify(const std::string& text, const Required& required = {},
                   const config::Security& options = {}, TimePoint now = test::test_time()) {
        const auto layout = soap::scan(text, limits);
        CPPUNIT_ASSERT_MESSAGE(layout.has_error() ? layout.error().detail : "", layout.has_value());
        return make_dom_verifier(options, limits)->verify({text, &*layout, required, now});
    }
    Claims good(const Verdict& verdict) {
        CPPUNIT_ASSERT_MESSAGE(verdict.has_error() ? verdict.error().reason : "", verdict.has_value());
        return *verdict;
    }

    void verifies_what_the_command_line_signed() {
        for (const Identity* identity : {&agency, &rsa}) {
            const test::ForeignSigner folder;
            const std::string base = folder.folder().string();
            test::write_file(base + "/message.xml", test::template_for(*identity).text());
            test::write_file(base + "/key.pem", identity->key_pem());
            const auto [signed_well, output] = test::run_command(
                "xmlsec1 --sign --privkey-pem " + base + "/key.pem --id-attr:Id " +
                std::string(soap::ns_wsu) + ":Timestamp --id-attr:Id " + std::string(soap::ns11) +
                ":Body --output " + base + "/signed.xml " + base + "/message.xml");
            CPPUNIT_ASSERT_MESSAGE(output, signed_well);
            CPPUNIT_ASSERT(good(verify(test::read_file(base + "/signed.xml"))).certificate ==
                           identity->der());
        }
    }

    static std::string replaced(std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        CPPUNIT_ASSERT_MESSAGE(from, at != std::string::npos);
        return text.replace(at, from.size(), to);
    }
    void bad(const std::string& text, const std::string& words) {
        const auto verdict = verify(text);
        CPPUNIT_ASSERT_MESSAGE("accepted: " + words, verdict.has_error());
        CPPUNIT_ASSERT_MESSAGE(verdict.error().reason,
                               verdict.error().reason.find(words) != std::string::npos);
    }
    static std::string recipe_of(KeyKind kind) {
        return kind == KeyKind::rsa    ? "RSA:2048"
               : kind == KeyKind::p256 ? "EC:P-256"
               : kind == KeyKind::p384 ? "EC:P-384"
               : kind == KeyKind::p521 ? "EC:P-521"
               : kind == KeyKind::sm2  ? "SM2:"
                                       : "ED25519:";
    }
    const std::map<KeyKind, Identity> everyone{
        {KeyKind::rsa, rsa},
        {KeyKind::p256, agency},
        {KeyKind::p384, Identity{test::signer_recipe("p384", "EC:P-384")}},
        {KeyKind::p521, Identity{test::signer_recipe("p521", "EC:P-521")}},
        {KeyKind::ed25519, Identity{test::signer_recipe("ed", "ED25519:")}},
        {KeyKind::sm2, Identity{test::signer_recipe("sm2", "SM2:")}}};

    // Signed by xmlsec1, or by lxml and python cryptography where xmlsec1 has no such algorithm.
    void verifies_every_row_of_the_table() {
        for (const SignatureAlgorithm& row : signature_algorithms()) {
            const Identity& signer = everyone.at(row.key);
            auto message = test::template_for(signer);
            message.method = std::string(row.uri);
            const std::string text = signed_by(message, signer);
            const Claims claims = good(verify(text));
            CPPUNIT_ASSERT_EQUAL(message.method, claims.signature_algorithm);
            CPPUNIT_ASSERT(claims.key_kind == row.key && claims.body_signed);
            CPPUNIT_ASSERT(claims.certificate == signer.der());

            bad(replaced(text, "税务", "税收"), "the digest of #Body does not fit");
            const auto begin = text.find("<ds:SignatureValue>") + 19;
            std::string value = text.substr(begin, text.find("</ds:SignatureValue>") - begin);
            Bytes octets = from_base64(value).value();
            octets[octets.size() / 3] ^= 1;
            bad(replaced(text, value, to_base64(octets)), "the signature value does not fit");
            octets[octets.size() / 3] ^= 1;
            octets.pop_back();
            bad(replaced(text, value, to_base64(octets)), "a signature of this key has");
            bad(replaced(text, message.certificate,
                         to_base64(Identity(test::signer_recipe("other", recipe_of(row.key))).der())),
                "the signature value does not fit");
        }
    }

    // A good signature by a pairing of curve and digest that the table does not have.
    void refuses_a_key_with_another_row() {
        for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::p521})
            for (const SignatureAlgorithm& row : signature_algorithms()) {
                if (row.scheme != Scheme::ecdsa || row.key == kind) continue;
                auto message = test::template_for(everyone.at(kind));
                message.method = std::string(row.uri);
                bad(signed_by(message, everyone.at(kind)), "does not go with the certificate's kind of key");
            }
    }

    void reads_ecdsa_numbers_without_their_zeros() {
        const Identity& signer = everyone.at(KeyKind::p521);
        std::string text, value;
        Bytes octets;
        do {
            text = signed_by(test::template_for(signer), signer);
            const auto begin = text.find("<ds:SignatureValue>") + 19;
            value = text.substr(begin, text.find("</ds:SignatureValue>") - begin);
            octets = from_base64(value).value();
        } while (octets[0] != 0 || octets[66] != 0);
        octets.erase(octets.begin() + 66);
        octets.erase(octets.begin());
        CPPUNIT_ASSERT(good(verify(replaced(text, value, to_base64(octets)))).body_signed);
        octets.back() ^= 1;
        bad(replaced(text, value, to_base64(octets)), "the signature value does not fit");
    }

    void refuses_pss_with_parameters() {
        auto message = test::template_for(rsa);
        message.method = std::string(names::pss_sha256);
        const std::string text = signed_by(message, rsa);
        bad(replaced(text, "#sha256-rsa-MGF1", "#rsa-pss"), "says by its name what the parameters would");
        bad(replaced(text, std::string(names::pss_sha256) + "\"/>",
                     std::string(names::pss_sha256) +
                         "\"><p:RSAPSSParams xmlns:p=\"http://www.w3.org/2007/05/xmldsig-more#\"/>"
                         "</ds:SignatureMethod>"),
            "has parameters");
    }

    // Canonical XML has no relative namespace names (Canonical XML 1.0 section 1.3).
    void passes_on_what_xmlsec_says() {
        const std::string text = signed_by(test::template_for(agency), agency);
        bad(replaced(text, "xmlns:po=\"urn:po\"", "xmlns:po=\"relative\""),
            "could not be digested: xmlSecTransformC14N");
    }

    void says_what_was_signed() {
        auto message = test::template_for(agency);
        message.headers =
            "<wsa:To wsu:Id=\"a\">urn:to</wsa:To><x:h xmlns:x=\"urn:x\" wsu:Id=\"b\"/><x:h "
            "xmlns:x=\"urn:x\"/><x:n xmlns:x=\"urn:x\"/>";
        message.references.push_back(reference("a"));
        message.references.push_back(reference("b"));
        const std::string text = signed_by(message, agency);
        const Claims claims = good(verify(text));
        CPPUNIT_ASSERT(claims.body_signed);
        CPPUNIT_ASSERT(claims.key_kind == KeyKind::p256);
        CPPUNIT_ASSERT_EQUAL(std::string(names::ecdsa_sha256), claims.signature_algorithm);
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, from_base64(claims.signature_value)->size());
        CPPUNIT_ASSERT(claims.signature_value.find('\n') == std::string::npos);
        // x:h is there twice and signed once, so the name alone would say too much.
        CPPUNIT_ASSERT((claims.signed_headers == std::vector<xml::QName>{{std::string(soap::ns_wsa), "To"}}));
        CPPUNIT_ASSERT(!claims.message_id);
        CPPUNIT_ASSERT(claims.created == parse_utc("2026-11-23T07:59:30Z").value());
        CPPUNIT_ASSERT(claims.expires == parse_utc("2026-11-23T08:04:30Z").value());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, claims.security_headers.size());
        const auto range = claims.security_headers.front();
        const std::string header = text.substr(range.begin, range.end - range.begin);
        CPPUNIT_ASSERT(header.starts_with("<wsse:Security ") && header.ends_with("</wsse:Security>"));
    }

    void counts_a_message_id_only_when_signed() {
        auto message = test::template_for(agency);
        message.headers = "<wsa:MessageID wsu:Id=\"mid\">urn:uuid:7</wsa:MessageID>";
        CPPUNIT_ASSERT(!good(verify(signed_by(message, agency))).message_id);
        CPPUNIT_ASSERT(verify(signed_by(message, agency), {.addressing = true}).has_error());
        message.references.push_back(reference("mid"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("urn:uuid:7"),
            good(verify(signed_by(message, agency), {.addressing = true})).message_id.value());
    }

    void requires_only_what_policy_requires() {
        auto message = test::template_for(agency);
        message.references = {reference("TS")};
        const std::string text = signed_by(message, agency);
        CPPUNIT_ASSERT(verify(text).has_error());
        CPPUNIT_ASSERT(!good(verify(text, {.body = false})).body_signed);
        message.references = {reference("Body")};
        const Claims claims = good(verify(signed_by(message, agency), {.timestamp = false}));
        CPPUNIT_ASSERT(claims.body_signed && !claims.created && !claims.expires);
    }

    void serves_configured_roles() {
        auto message = test::template_for(agency);
        message.security_attributes = "soap:actor=\"urn:hutong\"";
        const std::string text = signed_by(message, agency);
        CPPUNIT_ASSERT(verify(text).error().kind == Rejection::Kind::no_security_header);
        config::Security options;
        options.trusted_roles = {"urn:hutong"};
        CPPUNIT_ASSERT(good(verify(text, {}, options)).body_signed);
    }

    void cuts_expires_to_freshness() {
        auto message = test::template_for(agency);
        message.expires = "2026-11-23T09:00:00Z";
        CPPUNIT_ASSERT(good(verify(signed_by(message, agency))).expires ==
                       parse_utc("2026-11-23T08:04:30Z").value());
    }

    const TimePoint golden_time = parse_utc("2026-11-24T00:25:00Z").value();
    static std::string golden(const std::string& name) {
        return test::read_file(HUTONG_SOURCE_DIR "/tests/unit/xmldsig/golden/" + name);
    }

    void verifies_wss4j_with_str_transform() {
        const Claims claims = good(verify(golden("wss4j_str_transform.xml"), {}, {}, golden_time));
        CPPUNIT_ASSERT(claims.body_signed && claims.created && claims.chain.empty());
        CPPUNIT_ASSERT(claims.key_kind == KeyKind::rsa);
    }

    void refuses_a_changed_token_under_str_transform() {
        std::string text = golden("wss4j_str_transform.xml");
        // The same certificate with a line break in its base64 is another token.
        const auto at = text.find("MIID");
        text.insert(at + 4, "\n");
        const auto verdict = verify(text, {}, {}, golden_time);
        CPPUNIT_ASSERT(verdict.has_error());
        CPPUNIT_ASSERT_MESSAGE(verdict.error().reason,
                               verdict.error().reason.find("#STR-") != std::string::npos);
    }

    void reads_wss4j_pki_path() {
        const Claims claims = good(verify(golden("wss4j_pki_path.xml"), {}, {}, golden_time));
        const Claims single = good(verify(golden("wss4j_str_transform.xml"), {}, {}, golden_time));
        CPPUNIT_ASSERT(claims.certificate == single.certificate);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, claims.chain.size());
    }

    void serves_many_threads() {
        const std::string text = signed_by(test::template_for(agency), agency);
        std::string altered = text;
        altered.replace(altered.find("po:item>"), 8, "po:itej>")
            .replace(altered.rfind("po:item>"), 8, "po:itej>");
        const auto verifier = make_dom_verifier({}, limits);
        std::atomic<int> right{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                const std::string& mine = t % 2 == 0 ? text : altered;
                const auto layout = soap::scan(mine, limits);
                for (int i = 0; i < 100; ++i)
                    if (verifier->verify({mine, &*layout, {}, test::test_time()}).has_value() == (t % 2 == 0))
                        ++right;
            });
        for (auto& thread : threads) thread.join();
        CPPUNIT_ASSERT_EQUAL(400, right.load());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(VerifierTest);

}  // namespace

}  // namespace hutong::security
