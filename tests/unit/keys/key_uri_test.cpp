// What a key's URI may say, and what key files hold.
#include <cstdlib>
#include <filesystem>

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "security/keys/key_providers.hpp"
#include "security/keys/private_file.hpp"

using namespace hutong;
using namespace hutong::security;
namespace fs = std::filesystem;

class KeyUriTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeyUriTest);
    CPPUNIT_TEST(a_token_and_a_key_are_named);
    CPPUNIT_TEST(what_is_written_is_read);
    CPPUNIT_TEST(a_place_fits_what_is_wanted);
    CPPUNIT_TEST(what_does_not_belong_there_is_refused);
    CPPUNIT_TEST(a_pin_is_not_repeated);
    CPPUNIT_TEST(files_are_encrypted_where_there_is_a_passphrase);
    CPPUNIT_TEST(a_passphrase_that_others_can_read_is_refused);
    CPPUNIT_TEST(an_unknown_provider_is_named);
    CPPUNIT_TEST_SUITE_END();

    const Home home_{fs::temp_directory_path() / ("hutong-key-uri-" + new_uuid())};

    static std::string refusal(const std::string& text) {
        const auto uri = parse_key_uri(text);
        CPPUNIT_ASSERT_MESSAGE(text, uri.has_error());
        return uri.error().detail;
    }

  public:
    void setUp() override { fs::create_directories(home_.keys()); }
    void tearDown() override { fs::remove_all(home_.root); }

    void a_token_and_a_key_are_named() {
        const KeyUri uri =
            parse_key_uri(
                "pkcs11:token=the%20token;object=sign-rsa;id=%01%ff;type=private?pin-source=file:/p")
                .value();
        CPPUNIT_ASSERT_EQUAL(std::string("the token"), uri.attributes.at("token"));
        CPPUNIT_ASSERT_EQUAL(std::string("sign-rsa"), uri.attributes.at("object"));
        CPPUNIT_ASSERT_EQUAL(std::string("\x01\xff"), uri.attributes.at("id"));
        CPPUNIT_ASSERT_EQUAL(std::string("/p"), uri.pin_source);
        CPPUNIT_ASSERT_EQUAL(std::string("/etc/x.key"), parse_key_uri("file:///etc/x.key").value().path);
        CPPUNIT_ASSERT_EQUAL(std::string("x.key"), parse_key_uri("file:x.key").value().path);
    }

    void what_is_written_is_read() {
        const std::map<std::string, std::string> attributes{
            {"token", "a;b=c%"}, {"object", "\xe4\xba\x92\xe9\x80\x9a"}, {"id", std::string("\0\x80", 2)}};
        CPPUNIT_ASSERT(parse_key_uri(pkcs11_uri(attributes)).value().attributes == attributes);
    }

    void a_place_fits_what_is_wanted() {
        const KeyUri made = parse_key_uri("pkcs11:token=a;object=b;id=%01").value();
        CPPUNIT_ASSERT(matches(made, parse_key_uri("pkcs11:token=a;object=b").value()));
        CPPUNIT_ASSERT(!matches(made, parse_key_uri("pkcs11:token=c;object=b").value()));
        CPPUNIT_ASSERT(!matches(made, parse_key_uri("pkcs11:token=a;object=b;id=%02").value()));
        CPPUNIT_ASSERT(!matches(made, parse_key_uri("file:b.key").value()));
    }

    void what_does_not_belong_there_is_refused() {
        for (const char* text : {"", "sign-rsa", ":x", "pkcs11:", "pkcs11:token=a", "pkcs11:object=a",
                                 "file:", "pkcs11:token=a;object=b;object=c", "pkcs11:token=a;object=%4",
                                 "pkcs11:token", "pkcs11:token=a;object=b;type=cert",
                                 "pkcs11:token=a;object=b c", "pkcs11:token=a;object=b;color=c",
                                 "pkcs11:token=a;object=b?pin-source=relative", "file://elsewhere/x.key"})
            refusal(text);
        CPPUNIT_ASSERT(
            refusal("pkcs11:token=a;object=b?module-path=/tmp/evil.so").find("keys.pkcs11_module") !=
            std::string::npos);
        refusal("file:" + std::string(2000, 'x'));
    }

    void a_pin_is_not_repeated() {
        const std::string detail = refusal("pkcs11:token=a;object=b?pin-value=4711");
        CPPUNIT_ASSERT_MESSAGE(detail, detail.find("4711") == std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(detail, detail.find("keys.pin_file") != std::string::npos);
    }

    void files_are_encrypted_where_there_is_a_passphrase() {
        const fs::path file = home_.keys() / "a.key";
        config::Keys options;
        options.passphrase_file = "passphrase";
        write_private_file(home_.root / "passphrase", "a long passphrase\n").value();
        const auto providers = KeyProviders::make(home_, options).value();
        const auto key = providers->make_key(file, {}, KeyKind::p256, KeyUse::sign).value();
        const std::string pem = read_private_file(file).value();
        CPPUNIT_ASSERT_MESSAGE(pem, is_encrypted_key(pem));
        CPPUNIT_ASSERT(providers->open(file, key->public_key()).value()->sign(as_bytes("data")));
        const std::string text = "openssl pkcs8 -in " + file.string() +
                                 " -passin pass:'a long passphrase' -out " +
                                 (home_.root / "plain.key").string();
        CPPUNIT_ASSERT_EQUAL(0, std::system(text.c_str()));
        CPPUNIT_ASSERT_EQUAL(
            0, std::system(("openssl asn1parse -in " + file.string() + " | grep -q scrypt").c_str()));
        // What was there before a passphrase was configured goes on working.
        CPPUNIT_ASSERT(providers->open(home_.root / "plain.key", key->public_key()));

        const auto without = KeyProviders().open(file, key->public_key());
        CPPUNIT_ASSERT_MESSAGE(without.error().detail,
                               without.error().detail.find("keys.passphrase_file") != std::string::npos);
        write_private_file(home_.root / "passphrase", "another\n").value();
        const auto wrong = KeyProviders::make(home_, options).value()->open(file, key->public_key());
        CPPUNIT_ASSERT_MESSAGE(wrong.error().detail,
                               wrong.error().detail.find("does not open") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(wrong.error().detail, wrong.error().detail.find(file.string()) == 0);
    }

    void a_passphrase_that_others_can_read_is_refused() {
        config::Keys options;
        options.passphrase_file = "passphrase";
        CPPUNIT_ASSERT(KeyProviders::make(home_, options).error().code == ErrorCode::not_found);
        write_private_file(home_.root / "passphrase", "secret\n").value();
        fs::permissions(home_.root / "passphrase", fs::perms(0640));
        CPPUNIT_ASSERT(KeyProviders::make(home_, options).error().code == ErrorCode::refused);
        write_private_file(home_.root / "passphrase", "\nsecret\n").value();
        CPPUNIT_ASSERT(KeyProviders::make(home_, options).error().code == ErrorCode::invalid);
    }

    void an_unknown_provider_is_named() {
        write_private_file(home_.keys() / "a.key", "kmip:somewhere\n").value();
        const auto key = make_private_key(make_key(KeyKind::p256).value().get()).value();
        const auto opened = KeyProviders().open(home_.keys() / "a.key", key->public_key());
        CPPUNIT_ASSERT_MESSAGE(opened.error().detail,
                               opened.error().detail.find("\"kmip:\"") != std::string::npos);
        // A token that nobody can reach.
        write_private_file(home_.keys() / "a.key", "pkcs11:token=a;object=b\n").value();
        const auto token = KeyProviders().open(home_.keys() / "a.key", key->public_key());
        CPPUNIT_ASSERT_MESSAGE(token.error().detail,
                               token.error().detail.find("keys.pkcs11_module") != std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyUriTest);
