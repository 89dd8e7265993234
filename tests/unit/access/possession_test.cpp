// Who binds a certificate shows that he has its key: for every kind of key, and no signature but his own will
// do.
#include "security/access/possession.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "security/keys/pem.hpp"

namespace hutong::security {
namespace {

class PossessionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PossessionTest);
    CPPUNIT_TEST(the_key_proves_it_and_no_other);
    CPPUNIT_TEST_SUITE_END();

    static Bytes certificate_of(EVP_PKEY* key, const EVP_MD* digest) {
        const X509Ptr made(X509_new());
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        X509_set_pubkey(made.get(), key);
        CPPUNIT_ASSERT(X509_sign(made.get(), key, digest) > 0);
        return to_der(made.get());
    }

    static void check(EVP_PKEY* key, const EVP_MD* digest) {
        const Bytes certificate = certificate_of(key, digest);
        const std::string statement = certificate_statement("li", to_hex(sha256(certificate)));
        const std::string pem = key_to_pem(key).value();
        const Bytes proof = prove_possession(pem, "li.key", statement).value();
        CPPUNIT_ASSERT(check_possession(certificate, statement, proof).has_value());
        // For another officer, another certificate, by another key, altered, or by none at all.
        const std::string others = certificate_statement("sun", to_hex(sha256(certificate)));
        CPPUNIT_ASSERT(check_possession(certificate, others, proof).error().code == ErrorCode::refused);
        const KeyPtr other = make_key(KeyKind::p256).value();
        CPPUNIT_ASSERT(
            check_possession(certificate_of(other.get(), EVP_sha256()), statement, proof).has_error());
        const Bytes by_other = prove_possession(key_to_pem(other.get()).value(), "x", statement).value();
        CPPUNIT_ASSERT(check_possession(certificate, statement, by_other).has_error());
        Bytes altered = proof;
        altered.back() ^= 1;
        CPPUNIT_ASSERT(check_possession(certificate, statement, altered).has_error());
        CPPUNIT_ASSERT(check_possession(certificate, statement, {}).has_error());
    }

  public:
    void the_key_proves_it_and_no_other() {
        for (const KeyKind kind : {KeyKind::rsa, KeyKind::p256})
            check(make_key(kind).value().get(), EVP_sha256());
        check(make_key(KeyKind::sm2).value().get(), EVP_sm3());
        const KeyPtr edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
        check(edwards.get(), nullptr);
        CPPUNIT_ASSERT(check_possession({}, "x", {}).has_error());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PossessionTest);

}  // namespace
}  // namespace hutong::security
