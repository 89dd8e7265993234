// Certificates found by key identifier, thumbprint, issuer and serial; names in the ways other stacks write
// them.
#include "security/tokens/known_certificates.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/x509v3.h>

#include "security/tokens/issuer_serial.hpp"
#include "security/trust/x509.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::security {

namespace {

using test::Identity;

class KnownCertificatesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KnownCertificatesTest);
    CPPUNIT_TEST(finds_by_each_name);
    CPPUNIT_TEST(refuses_what_is_ambiguous);
    CPPUNIT_TEST(takes_one_certificate_twice_for_one);
    CPPUNIT_TEST(leaves_out_what_is_no_certificate);
    CPPUNIT_TEST(reads_serial_numbers);
    CPPUNIT_TEST(reads_names_as_others_write_them);
    CPPUNIT_TEST(tells_names_apart);
    CPPUNIT_TEST_SUITE_END();

    static test::CertificateRecipe recipe(const std::string& name) {
        auto made = test::signer_recipe(name);
        made.extensions["subjectKeyIdentifier"] = "0a0b0c0d";
        return made;
    }
    const Identity ca{test::ca_recipe("Issuing CA")};
    const Identity one{recipe("one"), &ca};
    const Identity other{recipe("other"), &ca};
    const Bytes key_identifier{0x0a, 0x0b, 0x0c, 0x0d};

    static Bytes sha1(const Bytes& der) {
        Bytes digest(20);
        EVP_Digest(der.data(), der.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
        return digest;
    }
    static std::string decimal(const Identity& identity) {
        char* const text = i2s_ASN1_INTEGER(nullptr, X509_get_serialNumber(identity.certificate()));
        std::string result = text;
        OPENSSL_free(text);
        // i2s writes long numbers in hex.
        if (!result.starts_with("0x")) return result;
        BIGNUM* number = nullptr;
        BN_hex2bn(&number, result.c_str() + 2);
        char* const dec = BN_bn2dec(number);
        result = dec;
        OPENSSL_free(dec);
        BN_free(number);
        return result;
    }

    void finds_by_each_name() {
        const KnownCertificates known({one.der()});
        CPPUNIT_ASSERT(known.by_key_identifier(key_identifier).value() == one.der());
        CPPUNIT_ASSERT(known.by_thumbprint(sha1(one.der())).value() == one.der());
        CPPUNIT_ASSERT(known.by_issuer_serial("CN=Issuing CA", decimal(one)).value() == one.der());
        CPPUNIT_ASSERT(known.by_thumbprint(sha1(other.der())).has_error());
        CPPUNIT_ASSERT(known.by_issuer_serial("CN=Issuing CA", decimal(other)).has_error());
        CPPUNIT_ASSERT(KnownCertificates().by_key_identifier(key_identifier).has_error());
    }

    void refuses_what_is_ambiguous() {
        const KnownCertificates known({one.der(), other.der()});
        const auto found = known.by_key_identifier(key_identifier);
        CPPUNIT_ASSERT(found.error().detail.find("more than one") != std::string::npos);
        CPPUNIT_ASSERT(known.by_thumbprint(sha1(one.der())).value() == one.der());
    }

    void takes_one_certificate_twice_for_one() {
        const KnownCertificates known({one.der(), one.der()});
        CPPUNIT_ASSERT_EQUAL(std::size_t(1), known.size());
        CPPUNIT_ASSERT(known.by_key_identifier(key_identifier).has_value());
    }

    void leaves_out_what_is_no_certificate() {
        Bytes cut = one.der();
        cut.pop_back();
        CPPUNIT_ASSERT_EQUAL(std::size_t(1), KnownCertificates({{}, {1, 2}, cut, other.der()}).size());
    }

    void reads_serial_numbers() {
        CPPUNIT_ASSERT_EQUAL(std::string("00"), hex_of_serial("0").value());
        CPPUNIT_ASSERT_EQUAL(std::string("ff"), hex_of_serial(" 255\n").value());
        CPPUNIT_ASSERT_EQUAL(std::string("0100"), hex_of_serial("256").value());
        CPPUNIT_ASSERT_EQUAL(serial_of(one.certificate()), hex_of_serial(decimal(one)).value());
        for (const char* bad : {"", " ", "-1", "0x10", "1e3", "１", "1 2"})
            CPPUNIT_ASSERT_MESSAGE(bad, hex_of_serial(bad).has_error());
        CPPUNIT_ASSERT(hex_of_serial(std::string(100, '9')).has_error());
    }

    // A certificate whose issuer (itself) has this name, made attribute by attribute.
    static X509Ptr named(const std::vector<std::pair<const char*, const char*>>& attributes) {
        X509Ptr certificate(X509_new());
        X509_NAME* const name = X509_NAME_new();
        for (const auto& [type, value] : attributes)
            X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(value), -1, -1, 0);
        X509_set_issuer_name(certificate.get(), name);
        X509_NAME_free(name);
        return certificate;
    }
    static bool names(const std::string& text, const X509Ptr& certificate) {
        const auto parsed = DistinguishedNameText::parse(text);
        return parsed.has_value() && parsed->names_issuer_of(certificate.get());
    }

    void reads_names_as_others_write_them() {
        const X509Ptr plain = named({{"C", "CN"}, {"O", "Tax, Bureau"}, {"CN", "签发 CA"}});
        for (const char* text :
             {"CN=签发 CA,O=Tax\\, Bureau,C=CN", "CN=签发 CA, O=\"Tax, Bureau\", C=CN",
              "cn=签发 ca, o=tax\\2C bureau, c=cn", "2.5.4.3=签发 CA,OID.2.5.4.10=Tax\\, Bureau,C=CN",
              "CN=\\E7\\AD\\BE\\E5\\8F\\91 CA;O=Tax\\,  Bureau;C=CN",
              "CN=签发 CA,2.5.4.10=#0c0b5461782c20427572656175,C=CN"})
            CPPUNIT_ASSERT_MESSAGE(text, names(text, plain));
        const X509Ptr mail = named({{"emailAddress", "ca@example.cn"}, {"CN", "x"}});
        CPPUNIT_ASSERT(names("CN=x,EMAILADDRESS=ca@example.cn", mail));
        CPPUNIT_ASSERT(names("CN=x,1.2.840.113549.1.9.1=#160d6361406578616d706c652e636e", mail));
    }

    void tells_names_apart() {
        const X509Ptr certificate = named({{"C", "CN"}, {"O", "Bureau"}, {"CN", "CA"}});
        for (const char* text :
             {"", "CN", "CN=CA", "C=CN,O=Bureau,CN=CA", "CN=CA,O=Bureau,C=CN,C=CN", "CN=CA,O=Bureau2,C=CN",
              "CN=CA+O=Bureau,C=CN", "CN=CA,O=Bureau,C=CN,", "CN=CA,OU=Bureau,C=CN", "CN=\"CA,O=Bureau,C=CN",
              "CN=CA,O=Bureau,C=CN\\", "UNKNOWN=CA,O=Bureau,C=CN", "CN=#zz,O=Bureau,C=CN"})
            CPPUNIT_ASSERT_MESSAGE(text, !names(text, certificate));
        CPPUNIT_ASSERT(DistinguishedNameText::parse("CN=" + std::string(5000, 'x')).has_error());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(KnownCertificatesTest);

}  // namespace

}  // namespace hutong::security
