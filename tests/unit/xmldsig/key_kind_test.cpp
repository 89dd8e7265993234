// Which keys are believed: the kinds of the table, by named curves, neither weak nor costly, and no key for
// which anybody can sign.
#include "security/keys/key_kind.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

class KeyKindTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeyKindTest);
    CPPUNIT_TEST(knows_its_kinds);
    CPPUNIT_TEST(refuses_others);
    CPPUNIT_TEST(refuses_ed25519_points_of_small_order);
    CPPUNIT_TEST_SUITE_END();

    // A key made by the openssl command line: `options` are genpkey's.
    static KeyPtr made(const std::string& options) {
        const test::ForeignSigner folder;
        const std::string file = (folder.folder() / "key.pem").string();
        const auto [good, output] = test::run_command("openssl genpkey -out " + file + " " + options);
        CPPUNIT_ASSERT_MESSAGE(output, good);
        const std::string pem = test::read_file(file);
        const std::unique_ptr<BIO, decltype(&BIO_free_all)> in(
            BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
        return {PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
    }
    static void kind(const std::string& expected, const std::string& options) {
        const auto found = kind_of(made(options).get());
        CPPUNIT_ASSERT_MESSAGE(found.has_error() ? found.error().detail : "", found.has_value());
        CPPUNIT_ASSERT_EQUAL(expected, std::string(to_string(*found)));
    }
    static void refused_with(const std::string& words, EVP_PKEY* key) {
        const auto found = kind_of(key);
        CPPUNIT_ASSERT_MESSAGE("accepted: " + words, found.has_error());
        CPPUNIT_ASSERT(found.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_MESSAGE(found.error().detail, found.error().detail.find(words) != std::string::npos);
    }

    void knows_its_kinds() {
        kind("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
        kind("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
        kind("p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384");
        kind("p521", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521");
        kind("ed25519", "-algorithm ED25519");
        kind("sm2", "-algorithm SM2");
        kind("sm2", "-algorithm EC -pkeyopt ec_paramgen_curve:SM2");
    }

    void refuses_others() {
        const auto no = [](const std::string& words, const std::string& options) {
            refused_with(words, made(options).get());
        };
        no("2047 bits", "-algorithm RSA -pkeyopt rsa_keygen_bits:2047");
        no("public exponent", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3");
        no("public exponent",
           "-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:36893488147419103233");
        no("neither RSA nor", "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048");
        no("secp256k1 is not P-256", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1");
        no("secp224r1 is not P-256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-224");
        no("brainpoolP256r1 is not P-256", "-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1");
        no("spelled out", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit");
        no("neither RSA nor", "-algorithm ED448");
        no("neither RSA nor", "-algorithm X25519");
        refused_with("cannot be read", nullptr);
    }

    // The eight points and their other texts, from the curve's equation (RFC 8032 section 5.1.3).
    void refuses_ed25519_points_of_small_order() {
        for (const char* hex : {"0000000000000000000000000000000000000000000000000000000000000000",
                                "0000000000000000000000000000000000000000000000000000000000000080",
                                "0100000000000000000000000000000000000000000000000000000000000000",
                                "0100000000000000000000000000000000000000000000000000000000000080",
                                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
                                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
            const Bytes point = from_hex(hex).value();
            const KeyPtr key(
                EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, point.data(), point.size()),
                EVP_PKEY_free);
            refused_with("anybody can sign", key.get());
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(KeyKindTest);

}  // namespace

}  // namespace hutong::security
