// What the CA issues is what RFC 5280 and the openssl command say it should be.
#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>

#include "pki_fixture.hpp"
#include "security/keys/signing_key.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class AuthorityTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuthorityTest);
    CPPUNIT_TEST(founding_makes_a_root_and_an_issuing_ca);
    CPPUNIT_TEST(a_further_ca_overwrites_no_key);
    CPPUNIT_TEST(founding_twice_and_bad_urls_are_refused);
    CPPUNIT_TEST(an_agency_certificate_verifies_and_signs_and_opens_tls);
    CPPUNIT_TEST(each_profile_has_its_usages);
    CPPUNIT_TEST(nothing_outlives_its_issuer);
    CPPUNIT_TEST(bad_requests_are_refused);
    CPPUNIT_TEST(bad_names_are_refused);
    CPPUNIT_TEST(the_crl_revokes);
    CPPUNIT_TEST(node_keys_sign_with_their_chain);
    CPPUNIT_TEST_SUITE_END();

    PkiHome home_;

    std::string text_of(const std::string& pem) {
        home_.write("leaf.pem", pem);
        return home_.shell("openssl x509 -in leaf.pem -noout -text -purpose -nameopt RFC2253,utf8,-esc_msb");
    }
    Error refusal(const Authority& authority, const std::string& csr, const std::string& name = "tax-office",
                  Profile profile = Profile::agency_signing, const std::vector<std::string>& names = {}) {
        const auto issued = authority.issue(csr, profile, name, "State Tax", names, std::chrono::hours(24));
        CPPUNIT_ASSERT(issued.has_error());
        return issued.error();
    }

    void founding_makes_a_root_and_an_issuing_ca() {
        CPPUNIT_ASSERT(!Authorities::exists(home_.home));
        CPPUNIT_ASSERT(Authorities::open(home_.home).error().code == ErrorCode::not_found);
        const auto authority = home_.found();
        home_.shell("openssl verify -x509_strict -CAfile pki/root.pem pki/issuing.pem");
        const std::string root = home_.shell("openssl x509 -in pki/root.pem -noout -text");
        CPPUNIT_ASSERT(contains(root, "CA:TRUE, pathlen:1") && contains(root, "prime256v1"));
        const std::string issuing = home_.shell("openssl x509 -in pki/issuing.pem -noout -text");
        CPPUNIT_ASSERT(contains(issuing, "CA:TRUE, pathlen:0") &&
                       contains(issuing, "Certificate Sign, CRL Sign"));
        home_.shell("openssl x509 -in pki/root.pem -noout -checkend $((19 * 365 * 86400))");
        home_.shell("openssl x509 -in pki/issuing.pem -noout -checkend $((7 * 365 * 86400))");
        for (const char* key : {"pki/root.key", "pki/issuing.key"}) {
            struct stat status {};
            CPPUNIT_ASSERT_EQUAL(0, stat(home_.at(key).c_str(), &status));
            CPPUNIT_ASSERT_EQUAL(mode_t{0600}, static_cast<mode_t>(status.st_mode & 0777));
        }
    }

    void a_further_ca_overwrites_no_key() {
        const auto authorities = home_.found_all();
        const std::string key = home_.shell("cat pki/issuing.key");
        home_.write("pki/left-behind.key", "a key of a command that was cut off");
        for (const char* name : {"issuing", "left-behind", "issuing-1"}) {
            const auto added = authorities->add(name, KeyKind::p256);
            CPPUNIT_ASSERT_MESSAGE(name, added.has_error() && added.error().code == ErrorCode::conflict);
        }
        CPPUNIT_ASSERT_EQUAL(key, home_.shell("cat pki/issuing.key"));
        CPPUNIT_ASSERT_EQUAL(std::string("a key of a command that was cut off"),
                             home_.shell("cat pki/left-behind.key"));
        authorities->add("issuing-2", KeyKind::p256).value();
        CPPUNIT_ASSERT(Authorities::open(home_.home).value()->find("issuing-2") != nullptr);
    }

    void founding_twice_and_bad_urls_are_refused() {
        for (const char* url : {"", "gateway:8443", "https://a b", "https://a/", "https://a\n"}) {
            const auto founded = Authorities::found(home_.home, {"Hutong", url});
            CPPUNIT_ASSERT(founded.has_error() && founded.error().code == ErrorCode::invalid);
        }
        home_.found();
        const auto again = Authorities::found(home_.home, {"Hutong", "https://gateway.gov.test"});
        CPPUNIT_ASSERT(again.has_error() && again.error().code == ErrorCode::conflict);
    }

    void an_agency_certificate_verifies_and_signs_and_opens_tls() {
        const auto authority = home_.found();
        const Issued issued = home_.issue(*authority);
        const std::string text = text_of(issued.pem);
        CPPUNIT_ASSERT(contains(text, "Digital Signature, Non Repudiation"));
        CPPUNIT_ASSERT(contains(text, "SSL client : Yes") && contains(text, "SSL server : No"));
        CPPUNIT_ASSERT(contains(text, "URI:https://gateway.gov.test:8443/pki/crl/issuing-1.crl"));
        CPPUNIT_ASSERT(contains(text, "CA Issuers - URI:https://gateway.gov.test:8443/pki/ca.pem"));
        CPPUNIT_ASSERT(contains(text, "Subject: CN=税务局,O=State Tax"));
        CPPUNIT_ASSERT_EQUAL(std::string("CN=税务局,O=State Tax"), issued.subject);
        CPPUNIT_ASSERT(contains(text, "ecdsa-with-SHA256") && !contains(text, "ignored"));
        home_.shell(
            "openssl verify -x509_strict -purpose sslclient -CAfile pki/root.pem -untrusted pki/issuing.pem "
            "leaf.pem");
        const std::string facts = home_.shell(
            "openssl x509 -in leaf.pem -noout -serial -fingerprint -sha256 | tr -d : | tr A-F a-f");
        CPPUNIT_ASSERT_EQUAL(std::size_t{32}, issued.serial.size());
        CPPUNIT_ASSERT(contains(facts, "serial=" + issued.serial) && contains(facts, issued.thumbprint));
        CPPUNIT_ASSERT(issued.serial != home_.issue(*authority).serial);
        CPPUNIT_ASSERT(issued.not_before <= system_clock().now() - std::chrono::minutes(5));
    }

    void each_profile_has_its_usages() {
        const auto authority = home_.found();
        std::string text = text_of(home_.issue(*authority, Profile::tls_server).pem);
        CPPUNIT_ASSERT(contains(text, "DNS:gateway.gov.test, IP Address:127.0.0.1"));
        CPPUNIT_ASSERT(contains(text, "SSL server : Yes") && contains(text, "SSL client : No"));
        home_.shell(
            "openssl verify -x509_strict -purpose sslserver -verify_hostname gateway.gov.test "
            "-CAfile pki/root.pem -untrusted pki/issuing.pem leaf.pem");
        text = text_of(home_.issue(*authority, Profile::gateway_signing).pem);
        CPPUNIT_ASSERT(contains(text, "Digital Signature, Non Repudiation") &&
                       !contains(text, "Extended Key Usage"));
        text = text_of(home_.issue(*authority, Profile::gateway_encryption).pem);
        CPPUNIT_ASSERT(contains(text, "Key Encipherment") && !contains(text, "Digital Signature"));
        for (const char* key : {"ec -pkeyopt ec_paramgen_curve:P-256", "ec -pkeyopt ec_paramgen_curve:P-384",
                                "ec -pkeyopt ec_paramgen_curve:P-521", "ed25519"}) {
            const std::string csr = home_.request(key);
            authority->issue(csr, Profile::agency_signing, "a", "b", {}, std::chrono::hours(1)).value();
            CPPUNIT_ASSERT(refusal(*authority, csr, "a", Profile::gateway_encryption).code ==
                           ErrorCode::invalid);
        }
    }

    void nothing_outlives_its_issuer() {
        const auto authority = home_.found();
        const std::string csr = home_.request("rsa:2048");
        const auto issued =
            authority->issue(csr, Profile::agency_signing, "a", "b", {}, std::chrono::hours(24 * 365 * 200))
                .value();
        home_.write("leaf.pem", issued.pem);
        CPPUNIT_ASSERT_EQUAL(home_.shell("openssl x509 -in pki/issuing.pem -noout -enddate"),
                             home_.shell("openssl x509 -in leaf.pem -noout -enddate"));
        const auto none = authority->issue(csr, Profile::agency_signing, "a", "b", {}, std::chrono::hours(0));
        CPPUNIT_ASSERT(none.has_error() && none.error().code == ErrorCode::invalid);
    }

    void bad_requests_are_refused() {
        const auto authority = home_.found();
        CPPUNIT_ASSERT(refusal(*authority, "").code == ErrorCode::invalid);
        CPPUNIT_ASSERT(refusal(*authority, "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n").code ==
                       ErrorCode::invalid);
        CPPUNIT_ASSERT(contains(refusal(*authority, home_.request("rsa:1024")).detail, "1024 bits"));
        CPPUNIT_ASSERT(
            contains(refusal(*authority, home_.request("ec -pkeyopt ec_paramgen_curve:secp256k1")).detail,
                     "secp256k1 is not P-256, P-384, P-521 or SM2"));
        CPPUNIT_ASSERT(contains(refusal(*authority, home_.request("ec -pkeyopt ec_paramgen_curve:P-256 "
                                                                  "-pkeyopt ec_param_enc:explicit"))
                                    .detail,
                                "spelled out"));
        CPPUNIT_ASSERT(contains(refusal(*authority, home_.request("ed448")).detail, "neither RSA nor"));
        CPPUNIT_ASSERT(contains(refusal(*authority, home_.request("rsa-pss")).detail, "neither RSA nor"));
        CPPUNIT_ASSERT(contains(
            refusal(*authority, home_.request("rsa:2048 -pkeyopt rsa_keygen_pubexp:3")).detail, "exponent"));

        // The signature's last byte altered: whoever sent this does not show that the key is his.
        home_.request("rsa:2048");
        home_.shell(
            "openssl req -in request.csr -outform DER -out request.der && /usr/bin/python3 -c \"b = "
            "bytearray("
            "open('request.der', 'rb').read()); b[-1] ^= 1; open('request.der', 'wb').write(b)\" && "
            "openssl base64 -in request.der -out request.b64");
        const std::string altered = "-----BEGIN CERTIFICATE REQUEST-----\n" + home_.shell("cat request.b64") +
                                    "-----END CERTIFICATE REQUEST-----\n";
        CPPUNIT_ASSERT(contains(refusal(*authority, altered).detail, "not signed by its own key"));
    }

    void bad_names_are_refused() {
        const auto authority = home_.found();
        const std::string csr = home_.request("rsa:2048");
        for (const std::string& name :
             {std::string(), std::string(65, 'x'), std::string("a\nb"), std::string("\xff")})
            CPPUNIT_ASSERT(refusal(*authority, csr, name).code == ErrorCode::invalid);
        for (const char* name : {"", "a b", "-a.test", "a..b", "a.test,DNS:b.test", "https://a"})
            CPPUNIT_ASSERT(refusal(*authority, csr, "a", Profile::tls_server, {name}).code ==
                           ErrorCode::invalid);
        CPPUNIT_ASSERT(refusal(*authority, csr, "a", Profile::tls_server).code == ErrorCode::invalid);
        CPPUNIT_ASSERT(refusal(*authority, csr, "a", Profile::agency_signing, {"a.test"}).code ==
                       ErrorCode::invalid);
    }

    void the_crl_revokes() {
        const auto authority = home_.found();
        const Issued bad = home_.issue(*authority);
        const Issued good = home_.issue(*authority);
        const TimePoint now = system_clock().now();
        const Bytes crl =
            authority->make_crl({{bad.serial, now, "keyCompromise"}, {"7f", now, "unspecified"}}, 0x1234)
                .value();
        home_.write("crl.der", as_text(crl));
        home_.write("bad.pem", bad.pem);
        home_.write("good.pem", good.pem);
        home_.shell("openssl crl -inform DER -in crl.der -CAfile pki/issuing.pem -noout -verify");
        const std::string text = home_.shell(
            "openssl crl -inform DER -in crl.der -out crl.pem; openssl crl -in crl.pem -noout -text");
        CPPUNIT_ASSERT(contains(text, "Version 2 (0x1)") && contains(text, "Key Compromise"));
        CPPUNIT_ASSERT(contains(text, "X509v3 CRL Number") && contains(text, "4660"));
        CPPUNIT_ASSERT(!contains(text, "Unspecified"));
        const std::string verify =
            "openssl verify -crl_check -CRLfile crl.pem -CAfile pki/root.pem -untrusted pki/issuing.pem ";
        home_.shell(verify + "good.pem");
        CPPUNIT_ASSERT(contains(home_.shell("! " + verify + "bad.pem"), "certificate revoked"));
        for (const char* reason : {"", "lost", "certificateHold", "removeFromCRL"}) {
            const auto refused_reason = authority->make_crl({{bad.serial, now, reason}}, 2);
            CPPUNIT_ASSERT(refused_reason.has_error() && refused_reason.error().code == ErrorCode::invalid);
        }
    }

    void node_keys_sign_with_their_chain() {
        const auto authority = home_.found();
        for (const KeyKind kind : {KeyKind::rsa, KeyKind::p256}) {
            const std::string name = "sign-" + std::string(to_string(kind));
            const std::string csr = make_key_and_csr(home_.home, name, kind).value();
            const auto issued =
                authority
                    ->issue(csr, Profile::gateway_signing, "gateway 1", "Hutong", {}, std::chrono::hours(24))
                    .value();
            store_chain(home_.home, name, issued.pem).value();
            const auto key = load_pem_key((home_.home.keys() / (name + ".key")).string(),
                                          (home_.home.keys() / (name + ".pem")).string())
                                 .value();
            CPPUNIT_ASSERT(key->kind() == kind);
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, key->certificates().size());
            CPPUNIT_ASSERT(key->certificates()[0] == issued.der &&
                           key->certificates()[1] == authority->issuing());
        }
        CPPUNIT_ASSERT(make_key_and_csr(home_.home, "../escape", KeyKind::p256).error().code ==
                       ErrorCode::invalid);
        CPPUNIT_ASSERT(store_chain(home_.home, "tls", "no certificate").error().code == ErrorCode::invalid);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuthorityTest);
