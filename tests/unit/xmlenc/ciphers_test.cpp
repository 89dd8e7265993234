// The ciphers and the key transport by themselves: published vectors, round trips, and how they fail.
#include <cppunit/extensions/HelperMacros.h>

#include "security/xmlenc/content_cipher.hpp"
#include "security/xmlenc/decryption_key.hpp"
#include "security/xmlenc/key_transport.hpp"
#include "security/xmlenc/names.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::security {

namespace {

using test::Identity;

class CiphersTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CiphersTest);
    CPPUNIT_TEST(gcm_opens_the_test_case_of_its_authors);
    CPPUNIT_TEST(every_cipher_opens_what_it_sealed);
    CPPUNIT_TEST(gcm_notices_any_changed_bit);
    CPPUNIT_TEST(all_failures_are_one_error);
    CPPUNIT_TEST(every_transport_unwraps_what_it_wrapped);
    CPPUNIT_TEST(a_key_that_does_not_open_is_random);
    CPPUNIT_TEST(tables_hold_nothing_weak);
    CPPUNIT_TEST(names_are_compared_by_meaning);
    CPPUNIT_TEST_SUITE_END();

    const Identity rsa{test::signer_recipe("gateway", "RSA:2048")};

    static Bytes hex(std::string_view text) { return from_hex(text).value(); }

    // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 15.
    void gcm_opens_the_test_case_of_its_authors() {
        const Bytes key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        const Bytes sealed =
            hex("cafebabefacedbaddecaf888"
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                "b094dac5d93471bdec1a502270e3cc6c");
        const auto text = unseal(*find_content_cipher(names::aes256_gcm), key, sealed);
        CPPUNIT_ASSERT(text.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"),
                             to_hex(as_bytes(*text)));
    }

    void every_cipher_opens_what_it_sealed() {
        for (const ContentCipher& cipher : content_ciphers())
            for (const std::size_t size : {1u, 15u, 16u, 17u, 5000u}) {
                const std::string text(size, 'x');
                const Bytes key = random_bytes(cipher.key_bytes);
                const Bytes sealed = seal(cipher, key, text).value();
                CPPUNIT_ASSERT_EQUAL(text, unseal(cipher, key, sealed).value());
                CPPUNIT_ASSERT(seal(cipher, key, text).value() != sealed);
            }
    }

    void gcm_notices_any_changed_bit() {
        const ContentCipher& cipher = *find_content_cipher(names::aes128_gcm);
        const Bytes key = random_bytes(16);
        const Bytes sealed = seal(cipher, key, "税务").value();
        for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
            Bytes changed = sealed;
            changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
            CPPUNIT_ASSERT(unseal(cipher, key, changed).has_error());
        }
    }

    void all_failures_are_one_error() {
        const ContentCipher& cipher = *find_content_cipher(names::aes256_gcm);
        const Bytes key = random_bytes(32);
        const Bytes sealed = seal(cipher, key, "text").value();
        for (const Bytes& bad : {Bytes(), Bytes(28), Bytes(sealed.begin(), sealed.end() - 1), Bytes(500)})
            CPPUNIT_ASSERT_EQUAL(std::string("the ciphertext does not open with its key"),
                                 unseal(cipher, key, bad).error().detail);
        CPPUNIT_ASSERT(unseal(cipher, random_bytes(32), sealed).has_error());
        CPPUNIT_ASSERT(unseal(cipher, random_bytes(16), sealed).has_error());
        const ContentCipher& cbc = *find_content_cipher(names::aes256_cbc);
        for (const Bytes& bad : {Bytes(16), Bytes(33), Bytes(20)})
            CPPUNIT_ASSERT(unseal(cbc, key, bad).has_error());
    }

    void every_transport_unwraps_what_it_wrapped() {
        const auto key = DecryptionKey::make(rsa.key(), rsa.der()).value();
        for (const KeyTransport& transport : key_transports()) {
            const Bytes content_key = random_bytes(32);
            const Bytes wrapped = wrap_key(transport, rsa.key(), content_key).value();
            const auto unwrapped = key->unwrap(transport, wrapped, 32);
            CPPUNIT_ASSERT(unwrapped.genuine && unwrapped.key == content_key);
            for (const KeyTransport& other : key_transports())
                if (other.openssl_digest != transport.openssl_digest ||
                    other.openssl_mask != transport.openssl_mask)
                    CPPUNIT_ASSERT(!key->unwrap(other, wrapped, 32).genuine);
        }
    }

    void a_key_that_does_not_open_is_random() {
        const auto key = DecryptionKey::make(rsa.key(), rsa.der()).value();
        const KeyTransport& transport = key_transports().front();
        const auto one = key->unwrap(transport, Bytes(256, 7), 32);
        const auto two = key->unwrap(transport, Bytes(256, 7), 32);
        CPPUNIT_ASSERT(!one.genuine && !two.genuine);
        CPPUNIT_ASSERT(one.key.size() == 32 && two.key.size() == 32 && one.key != two.key);
        const Bytes wrapped = wrap_key(transport, rsa.key(), random_bytes(16)).value();
        const auto short_key = key->unwrap(transport, wrapped, 32);
        CPPUNIT_ASSERT(!short_key.genuine && short_key.key.size() == 32);
    }

    void tables_hold_nothing_weak() {
        CPPUNIT_ASSERT(find_key_transport(names::rsa_1_5, "", "") == nullptr);
        CPPUNIT_ASSERT(find_content_cipher("http://www.w3.org/2001/04/xmlenc#tripledes-cbc") == nullptr);
        CPPUNIT_ASSERT(find_key_transport(names::rsa_oaep_mgf1p, "", "")->sha1);
        CPPUNIT_ASSERT(find_key_transport(names::rsa_oaep_mgf1p, "", names::mgf1_sha256) == nullptr);
        CPPUNIT_ASSERT(find_key_transport(names::rsa_oaep, "", names::mgf1_sha256) == nullptr);
        for (const KeyTransport& row : key_transports())
            if (!row.sha1)
                CPPUNIT_ASSERT(std::string_view(row.openssl_digest) != "SHA1" &&
                               std::string_view(row.openssl_mask) != "SHA1");
    }

    void names_are_compared_by_meaning() {
        CPPUNIT_ASSERT_EQUAL(normalised_name("CN=a b,O=Hutong"), normalised_name(" cn = a b , o=Hutong "));
        CPPUNIT_ASSERT_EQUAL(normalised_name("CN=a\\,b"), normalised_name("CN=a\\,b"));
        CPPUNIT_ASSERT(normalised_name("CN=a,O=b") != normalised_name("CN=a,O=c"));
        CPPUNIT_ASSERT(normalised_name("CN=a") != normalised_name("CN=A"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CiphersTest);

}  // namespace

}  // namespace hutong::security
