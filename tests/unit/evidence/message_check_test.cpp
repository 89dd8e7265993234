// A recorded message is called broken only for what can be known of it, by its structure and not by its
// words.
#include "security/evidence/message_check.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security::evidence {

namespace {

using test::Identity;

class MessageCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MessageCheckTest);
    CPPUNIT_TEST(a_signed_message_is_checked_whatever_it_says);
    CPPUNIT_TEST(an_encrypted_body_is_known_by_its_place);
    CPPUNIT_TEST(a_package_is_known_by_its_form);
    CPPUNIT_TEST(names_and_ids_of_trust_domains_decide_when_they_are_known);
    CPPUNIT_TEST_SUITE_END();

    const Identity agency{test::signer_recipe("agency")};
    const Identity national{test::signer_recipe("national", "SM2:")};

    static std::string signed_by(const Identity& by, test::WssTemplate message) {
        test::ForeignSigner signer;
        signer.add("m", message.text(), by.key_pem());
        signer.run();
        return signer.signed_message("m");
    }
    static std::string signed_by_sm2(const Identity& by, const std::string& id) {
        test::ForeignSigner signer;
        auto message = test::template_for(by);
        message.method = names::sm2_sm3;
        message.references = {test::reference("TS", test::exc_c14n_transform(), std::string(names::sm3)),
                              test::reference("Body", test::exc_c14n_transform(), std::string(names::sm3))};
        signer.add("m", message.text(), by.key_pem());
        test::write_file(signer.folder() / "m.sm2", id + " raw");
        signer.run();
        return signer.signed_message("m");
    }
    static std::string judged(const std::string& message,
                              const TrustDomains* domains = &default_trust_domains()) {
        const MessageFinding found = check_message(message, test::test_time(), {}, domains);
        if (found.claims) return "holds";
        return found.undecidable ? "not checked: " + found.problem : "broken: " + found.problem;
    }
    static void expect(const std::string& part, const std::string& said) {
        CPPUNIT_ASSERT_MESSAGE(said, said.starts_with(part));
    }

    void a_signed_message_is_checked_whatever_it_says() {
        for (const char* word : {"EncryptedData", "urn:oasis:names:tc:SAML", "--"}) {
            auto message = test::template_for(agency);
            message.body =
                "<po:order xmlns:po=\"urn:po\"><po:item>" + std::string(word) + "</po:item></po:order>";
            std::string text = signed_by(agency, message);
            expect("holds", judged(text));
            text.replace(text.find("po:item>") + 8, 1, "x");
            expect("broken", judged(text));
        }
        expect("broken", judged("-- not XML and no MIME package"));
        expect("broken", judged("--x\r\nno headers\r\n"));
    }

    void an_encrypted_body_is_known_by_its_place() {
        const std::string encrypted =
            "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/>";
        const auto message = test::template_for(agency);
        const std::string text = signed_by(agency, message);
        std::string changed = text;
        changed.replace(changed.find(message.body), message.body.size(), encrypted);
        expect("not checked: encrypted", judged(changed));
        // Somewhere deep in the Body it is content like any other.
        changed = text;
        changed.replace(changed.find("税务"), 6, encrypted);
        expect("broken", judged(changed));
    }

    void a_package_is_known_by_its_form() {
        const std::string text = signed_by(agency, test::template_for(agency));
        expect("not checked: a message with attachments",
               judged("--b\r\nContent-Type: text/xml\r\n\r\n" + text + "\r\n--b--\r\n"));
        expect("broken", judged("--b\r\nContent-Type: text/xml\r\n\r\n" + text));
        expect("broken", judged("--\n" + text));
    }

    void names_and_ids_of_trust_domains_decide_when_they_are_known() {
        const std::string text = signed_by_sm2(national, "tax@province.gov.cn");
        config::TrustDomain province;
        province.message_id = "tax@province.gov.cn";
        const TrustDomains agreed{{{"province", province}}};
        expect("holds", judged(text, &agreed));
        expect("not checked: signed by national algorithms", judged(text, nullptr));
        expect("broken", judged(text));
        // Who signs by other algorithms needs no agreement.
        std::string changed = signed_by(agency, test::template_for(agency));
        changed.replace(changed.find("税务"), 6, "x");
        expect("broken", judged(changed, nullptr));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MessageCheckTest);

}  // namespace

}  // namespace hutong::security::evidence
