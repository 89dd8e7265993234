// What we encrypt: opened by python cryptography, and by our own reader, to exactly what was signed.
#include "security/outbound/message_encrypter.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "security/outbound/message_signer.hpp"
#include "security/trust/x509.hpp"
#include "security/xmlenc/decryption_key.hpp"
#include "security/xmlenc/names.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"
#include "tests/unit/xmlenc/read_as_tree.hpp"

namespace hutong::security {

namespace {

using test::Identity;

const std::string answer =
    "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:r='urn:r'>"
    "<S:Body><r:answer b=\"1\">税务 &amp; <![CDATA[<x>]]>"
    "<r:empty><!-- note --></r:empty></r:answer></S:Body></S:Envelope>";

class MessageEncrypterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MessageEncrypterTest);
    CPPUNIT_TEST(our_reader_opens_and_verifies_it);
    CPPUNIT_TEST(python_cryptography_opens_it);
    CPPUNIT_TEST(nothing_of_the_body_is_left_in_the_clear);
    CPPUNIT_TEST(only_certificates_that_may_encrypt_keys);
    CPPUNIT_TEST(unsigned_and_empty_messages_are_refused);
    CPPUNIT_TEST_SUITE_END();

    const Identity signer{test::signer_recipe("gateway")};
    const Identity receiver{receiver_recipe("keyEncipherment")};
    const Identity sm2_receiver{sm2_recipe("keyEncipherment,dataEncipherment")};
    const xml::Limits limits;

    const Identity& for_kind(KeyKind kind) const { return kind == KeyKind::sm2 ? sm2_receiver : receiver; }
    static test::CertificateRecipe sm2_recipe(const std::string& usage) {
        test::CertificateRecipe recipe;
        recipe.name = "agency";
        recipe.key = "SM2:";
        recipe.extensions["keyUsage"] = usage;
        return recipe;
    }
    static test::CertificateRecipe receiver_recipe(const std::string& usage) {
        test::CertificateRecipe recipe;
        recipe.name = "agency";
        recipe.key = "RSA:2048";
        if (!usage.empty()) recipe.extensions["keyUsage"] = usage;
        return recipe;
    }

    std::string sign(const std::string& text) {
        return sign_message(text, *soap::scan(text, limits), signer, {.now = test::test_time()}).value();
    }
    std::string encrypt(const std::string& text, const EncryptOptions& options = {}) {
        const auto done =
            encrypt_message(text, *soap::scan(text, limits), for_kind(options.transport->key).der(), options);
        CPPUNIT_ASSERT_MESSAGE(done.has_error() ? done.error().detail : "", done.has_value());
        return *done;
    }

    void our_reader_opens_and_verifies_it() {
        const DecryptionKeys keys{DecryptionKey::make(receiver.key(), receiver.der()).value(),
                                  DecryptionKey::make(sm2_receiver.key(), sm2_receiver.der()).value()};
        // The signer's own certificate is all its chain.
        const auto name = read_certificate(signer.der());
        config::TrustDomain older;
        older.issuers = {issuer_of(name->get())};
        older.allow_oaep_sha1 = true;
        const TrustDomains domains({{"older", older}});
        for (const KeyTransport& transport : key_transports())
            for (const auto cipher : {names::aes128_gcm, names::aes256_gcm}) {
                const std::string clear = sign(answer);
                const std::string text = encrypt(clear, {&transport, find_content_cipher(cipher)});
                test::TreeReadingOptions reading;
                reading.tokens.domains = &domains;
                reading.keys = keys;
                const auto verdict = test::read_as_tree(text, reading);
                CPPUNIT_ASSERT_MESSAGE(verdict.has_error() ? verdict.error().reason + text : "",
                                       verdict.has_value());
                CPPUNIT_ASSERT(verdict->encrypted->body && verdict->encrypted->transport == &transport);
                CPPUNIT_ASSERT_EQUAL(clear, verdict.plaintext.value());
            }
    }

    void python_cryptography_opens_it() {
        const test::ForeignSigner folder;
        const std::string base = folder.folder().string();
        const std::string clear = sign(answer);
        test::write_file(base + "/message.xml", encrypt(clear));
        test::write_file(base + "/key.pem", receiver.key_pem());
        const auto [good, output] = test::run_command(
            "/usr/bin/python3 '" HUTONG_SOURCE_DIR "/tests/unit/xmlenc/decrypt_message.py' '" + base +
            "/message.xml' '" + base + "/key.pem' '" + base + "/body'");
        CPPUNIT_ASSERT_MESSAGE(output, good);
        const auto from = clear.find("<r:answer");
        CPPUNIT_ASSERT_EQUAL(clear.substr(from, clear.find("</S:Body>") - from),
                             test::read_file(base + "/body"));
    }

    void nothing_of_the_body_is_left_in_the_clear() {
        const std::string text = encrypt(sign(answer));
        for (const char* secret : {"answer", "税务", "DigestValue", "SignatureValue"})
            CPPUNIT_ASSERT_MESSAGE(secret, text.find(secret) == std::string::npos);
        CPPUNIT_ASSERT(encrypt(sign(answer)) != text);
    }

    void only_certificates_that_may_encrypt_keys() {
        CPPUNIT_ASSERT(check_encryption_certificate(Identity(receiver_recipe("")).der()).has_value());
        const auto usage =
            check_encryption_certificate(Identity(receiver_recipe("digitalSignature")).der()).error();
        CPPUNIT_ASSERT(usage.detail.find("keyEncipherment") != std::string::npos);
        const auto curve = check_encryption_certificate(signer.der()).error();
        CPPUNIT_ASSERT(curve.detail.find("neither RSA nor SM2") != std::string::npos);
        CPPUNIT_ASSERT(check_encryption_certificate(sm2_receiver.der()).value() == KeyKind::sm2);
        for (const char* signs : {"digitalSignature", "digitalSignature,keyEncipherment"}) {
            const auto refused = check_encryption_certificate(Identity(sm2_recipe(signs)).der());
            CPPUNIT_ASSERT_MESSAGE(signs, refused.has_error());
        }
        const std::string text = sign(answer);
        CPPUNIT_ASSERT(
            encrypt_message(text, *soap::scan(text, limits), sm2_receiver.der(), {}).error().code ==
            ErrorCode::invalid);  // by RSA's key transport
        CPPUNIT_ASSERT(encrypt_message(text, *soap::scan(text, limits), signer.der(), {}).error().code ==
                       ErrorCode::refused);
    }

    void unsigned_and_empty_messages_are_refused() {
        CPPUNIT_ASSERT(
            encrypt_message(answer, *soap::scan(answer, limits), receiver.der(), {}).error().code ==
            ErrorCode::invalid);
        const std::string empty =
            sign("<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body/></S:Envelope>");
        CPPUNIT_ASSERT(encrypt_message(empty, *soap::scan(empty, limits), receiver.der(), {}).error().code ==
                       ErrorCode::invalid);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MessageEncrypterTest);

}  // namespace

}  // namespace hutong::security
