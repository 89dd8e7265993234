// The signed identity header: a JSON Web Signature that the openssl command line verifies.
#include "security/outbound/identity.hpp"

#include <boost/json/parse.hpp>
#include <cppunit/extensions/HelperMacros.h>
#include <openssl/ecdsa.h>

#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

namespace {

using test::Identity;
namespace json = boost::json;

Bytes from_base64url(std::string text) {
    for (char& c : text) {
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    while (text.size() % 4 != 0) text.push_back('=');
    return from_base64(text).value();
}

// ECDSA as DER, which is what the openssl command reads.
std::string der_of(const Bytes& raw) {
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
    const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    i2d_ECDSA_SIG(pair.get(), &out);
    return der;
}

class IdentityTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdentityTest);
    CPPUNIT_TEST(openssl_verifies_the_token);
    CPPUNIT_TEST(the_token_says_who_and_for_which_message);
    CPPUNIT_TEST_SUITE_END();

    const Identity rsa{test::signer_recipe("gateway-rsa", "RSA:2048")};
    const Identity p256{test::signer_recipe("gateway")};
    const CallerIdentity caller{"tax", "gs", "gs/echo", "Echo", "01X", "ab12", test::test_time()};

    static std::vector<std::string> parts_of(const std::string& token) {
        const std::size_t first = token.find('.'), second = token.rfind('.');
        CPPUNIT_ASSERT(first != second);
        return {token.substr(0, first), token.substr(first + 1, second - first - 1),
                token.substr(second + 1)};
    }

    static bool openssl_says_good(const std::string& content, const std::string& signature,
                                  const Identity& key) {
        const test::ForeignSigner folder;
        const std::string base = folder.folder().string();
        test::write_file(base + "/content", content);
        test::write_file(base + "/signature", signature);
        test::write_file(base + "/cert.pem", key.certificate_pem());
        return test::run_command("openssl x509 -in " + base + "/cert.pem -noout -pubkey > " + base +
                                 "/key.pem && openssl dgst -sha256 -verify " + base + "/key.pem -signature " +
                                 base + "/signature " + base + "/content")
            .first;
    }

    void openssl_verifies_the_token() {
        for (const Identity* key : {&p256, &rsa}) {
            const auto parts =
                parts_of(identity_token(caller, sha256(std::string_view("<e/>")), *key).value());
            const Bytes raw = from_base64url(parts[2]);
            const std::string signature = key == &rsa ? std::string(as_text(raw)) : der_of(raw);
            CPPUNIT_ASSERT(openssl_says_good(parts[0] + "." + parts[1], signature, *key));
            CPPUNIT_ASSERT(!openssl_says_good(parts[0] + "." + parts[1] + "x", signature, *key));
        }
    }

    void the_token_says_who_and_for_which_message() {
        const std::string token = identity_token(caller, sha256(std::string_view("<e/>")), p256).value();
        CPPUNIT_ASSERT(token.find_first_of("+/= \n") == std::string::npos);
        const auto parts = parts_of(token);
        const json::value header = json::parse(as_text(from_base64url(parts[0])));
        CPPUNIT_ASSERT(header.at("alg").as_string() == "ES256");
        const Sha256Digest thumbprint = sha256(ByteView(p256.der()));
        CPPUNIT_ASSERT(from_base64url(std::string(header.at("x5t#S256").as_string())) ==
                       Bytes(thumbprint.begin(), thumbprint.end()));
        const json::value claims = json::parse(as_text(from_base64url(parts[1])));
        CPPUNIT_ASSERT(claims.at("sub").as_string() == "tax" && claims.at("aud").as_string() == "gs/echo");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{300}, claims.at("exp").as_int64() - claims.at("iat").as_int64());
        const Sha256Digest digest = sha256(std::string_view("<e/>"));
        CPPUNIT_ASSERT(from_base64url(std::string(claims.at("envelope").as_string())) ==
                       Bytes(digest.begin(), digest.end()));
        CPPUNIT_ASSERT(token != identity_token(caller, sha256(std::string_view("<f/>")), p256).value());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(IdentityTest);

}  // namespace

}  // namespace hutong::security
