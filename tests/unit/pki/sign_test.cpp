// An issuing CA of every kind of key: its certificates, requests and CRLs verify with the openssl command.
#include "security/pki/sign.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/pem.h>

#include "pki_fixture.hpp"
#include "security/pki/certificate_builder.hpp"
#include "security/pki/crl.hpp"
#include "security/pki/request.hpp"
#include "security/trust/signed_der.hpp"
#include "security/trust/sm2_id.hpp"
#include "security/trust/trust_store.hpp"

using namespace hutong;
using namespace hutong::security;
using test::contains;

class SignTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SignTest);
    CPPUNIT_TEST(a_ca_of_each_kind_issues_and_revokes);
    CPPUNIT_TEST(a_request_proves_the_key_and_the_id);
    CPPUNIT_TEST(an_sm2_crl_of_openssl_is_read_with_its_id);
    CPPUNIT_TEST(a_changed_crl_is_refused);
    CPPUNIT_TEST_SUITE_END();

    struct Ca {
        KeyPtr key;
        std::shared_ptr<const SigningKey> signer;
        X509Ptr certificate;
    };

    test::PkiHome home_;
    const TimePoint now_ = system_clock().now();

    X509Ptr certify(EVP_PKEY* key, const Ca* by, const SigningKey& signer, bool authority) const {
        CertificateBuilder builder;
        builder.subject({authority ? "国密 CA" : "税务局", "互通"}).value();
        builder.validity(now_ - std::chrono::minutes(5), now_ + std::chrono::hours(24));
        builder.public_key(key);
        builder.issuer(by != nullptr ? by->certificate.get() : nullptr);
        if (authority)
            builder.authority(0);
        else
            builder.end_entity("digitalSignature");
        return std::move(builder).sign(signer).value();
    }
    Ca make_ca(KeyKind kind) const {
        Ca ca;
        ca.key = make_key(kind).value();
        ca.signer = make_signing_key(ca.key.get(), {}).value();
        ca.certificate = certify(ca.key.get(), nullptr, *ca.signer, true);
        return ca;
    }
    void a_ca_of_each_kind_issues_and_revokes() {
        for (const KeyKind kind : {KeyKind::rsa, KeyKind::p256, KeyKind::sm2}) {
            const Ca ca = make_ca(kind);
            const KeyPtr key = make_key(kind).value();
            const X509Ptr certificate = certify(key.get(), &ca, *ca.signer, false);
            home_.write("ca.pem", certificate_to_pem(ca.certificate.get()));
            home_.write("one.pem", certificate_to_pem(certificate.get()));
            // The command tells its id to the certificate it is asked about only, not to the CA's own.
            const std::string options =
                kind == KeyKind::sm2 ? "-vfyopt distid:1234567812345678 " : "-check_ss_sig ";
            CPPUNIT_ASSERT(
                contains(home_.shell("openssl verify " + options + "-CAfile ca.pem one.pem"), "OK"));
            home_.shell("openssl verify " + options + "-CAfile ca.pem -partial_chain ca.pem");
            if (kind == KeyKind::sm2) home_.shell("! openssl verify -vfyopt distid:x -CAfile ca.pem one.pem");

            const std::vector<RevokedEntry> revoked{{serial_of(certificate.get()), now_, "superseded"}};
            const Bytes crl = build_crl(ca.certificate.get(), *ca.signer, revoked, 7, now_).value();
            CPPUNIT_ASSERT(verify_crl(read_crl(crl).value().get(), ca.key.get()).has_value());
            home_.write("crl.der", as_text(crl));
            const std::string shown = home_.shell("openssl crl -inform DER -in crl.der -noout -text");
            CPPUNIT_ASSERT_MESSAGE(shown, contains(shown, "Superseded"));
            if (kind == KeyKind::sm2) {
                CPPUNIT_ASSERT_MESSAGE(shown, contains(shown, "Signature Algorithm: SM2-with-SM3"));
                CPPUNIT_ASSERT(verify_crl(read_crl(crl).value().get(), ca.key.get(), "another").has_error());
            } else {
                home_.shell("openssl crl -inform DER -in crl.der -noout -CAfile ca.pem");
            }
            CPPUNIT_ASSERT(verify_crl(read_crl(crl).value().get(), key.get()).has_error());
        }
    }

    void a_request_proves_the_key_and_the_id() {
        const std::string request =
            "openssl req -new -newkey SM2 -nodes -keyout request.key -subj /CN=x -sm3 -out request.csr "
            "-sigopt distid:";
        home_.shell(request + "1234567812345678");
        const std::string csr = home_.shell("cat request.csr");
        CPPUNIT_ASSERT(kind_of(key_of_request(csr).value().get()).value() == KeyKind::sm2);
        home_.shell(request + "other");
        const auto refused = key_of_request(home_.shell("cat request.csr"));
        CPPUNIT_ASSERT(refused.has_error());
        CPPUNIT_ASSERT_EQUAL(ErrorCode::refused, refused.error().code);
        // And ours, read by the openssl command.
        const std::string made = make_key_and_csr(home_.home, "sign-sm2", KeyKind::sm2).value();
        CPPUNIT_ASSERT(key_of_request(made).has_value());
        home_.write("ours.csr", made);
        home_.shell("openssl req -in ours.csr -verify -noout -vfyopt distid:1234567812345678");
    }

    // Made by hand of openssl's own pieces: `openssl ca -gencrl` signs with the id it is given.
    void an_sm2_crl_of_openssl_is_read_with_its_id() {
        home_.write("ca.cnf",
                    "[ca]\ndefault_ca=c\n[c]\ndatabase=index\ncrlnumber=number\ndefault_md=sm3\n"
                    "default_crl_days=7\n");
        home_.shell(
            "touch index; echo 01 >number; openssl req -x509 -new -newkey SM2 -nodes -keyout ca.key -subj "
            "/CN=outside -sm3 -sigopt distid:1234567812345678 -out ca.pem && openssl ca -gencrl -config "
            "ca.cnf -keyfile ca.key -cert ca.pem -sigopt distid:1234567812345678 -out crl.pem && openssl crl "
            "-in crl.pem -outform DER -out crl.der");
        const std::string der = home_.shell("cat crl.der");
        const auto chain = certificates_from_pem(home_.shell("cat ca.pem"), "ca.pem").value();
        EVP_PKEY* const key = X509_get0_pubkey(chain.front().get());
        const CrlPtr crl = read_crl(as_bytes(der)).value();
        CPPUNIT_ASSERT(verify_crl(crl.get(), key).has_value());
        CPPUNIT_ASSERT(verify_crl(crl.get(), key, "other").has_error());
    }

    void a_changed_crl_is_refused() {
        const Ca ca = make_ca(KeyKind::sm2);
        const Bytes crl = build_crl(ca.certificate.get(), *ca.signer, {}, 7, now_).value();
        std::size_t read = 0;
        for (std::size_t i = 0; i < crl.size(); ++i) {
            Bytes changed = crl;
            changed[i] ^= 1;
            const auto parsed = read_crl(changed);
            if (parsed.has_error()) continue;
            ++read;
            CPPUNIT_ASSERT_MESSAGE("byte " + std::to_string(i),
                                   verify_crl(parsed->get(), ca.key.get()).has_error());
        }
        CPPUNIT_ASSERT(read > 100);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SignTest);
