// The ciphers and the key transport by themselves: published vectors, round trips, and how they fail.
#include <cppunit/extensions/HelperMacros.h>

#include "security/keys/pem.hpp"
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
    CPPUNIT_TEST(sm4_opens_the_standard_s_block);
    CPPUNIT_TEST(sm2_opens_the_standard_s_ciphertext);
    CPPUNIT_TEST(a_key_that_does_not_open_is_random);
    CPPUNIT_TEST(tables_hold_nothing_weak);
    CPPUNIT_TEST(names_are_compared_by_meaning);
    CPPUNIT_TEST_SUITE_END();

    const Identity rsa{test::signer_recipe("gateway", "RSA:2048")};
    const Identity sm2{test::signer_recipe("gateway", "SM2:")};

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
        for (const KeyTransport& transport : key_transports()) {
            const Identity& owner = transport.key == KeyKind::sm2 ? sm2 : rsa;
            const auto key = DecryptionKey::make(owner.key(), owner.der()).value();
            const Bytes content_key = random_bytes(32);
            const Bytes wrapped = wrap_key(transport, owner.key(), content_key).value();
            const auto unwrapped = key->unwrap(transport, wrapped, 32);
            CPPUNIT_ASSERT(unwrapped.genuine && unwrapped.key == content_key);
            for (const KeyTransport& other : key_transports())
                if (other.openssl_digest != transport.openssl_digest ||
                    other.openssl_mask != transport.openssl_mask)
                    CPPUNIT_ASSERT(!key->unwrap(other, wrapped, 32).genuine);
        }
    }

    // GB/T 32907-2016 annex A.1: key and plaintext are the same block. With an IV of zeros the first block of
    // CBC is that of the bare cipher; a second block ends in the one octet of padding.
    void sm4_opens_the_standard_s_block() {
        const ContentCipher& cipher = *find_content_cipher(names::sm4_cbc);
        const Bytes key = hex("0123456789abcdeffedcba9876543210");
        Bytes sealed(16);
        const Bytes block = hex("681edf34d206965e86b3e94f536e4246");
        sealed.insert(sealed.end(), block.begin(), block.end());
        // The last octet of the plaintext, 0x10, is taken for sixteen octets of padding: all of the block.
        CPPUNIT_ASSERT_EQUAL(std::string(), unseal(cipher, key, sealed).value());
        // Chained to an IV that makes it one octet of padding.
        sealed[15] = 0x10 ^ 0x01;
        CPPUNIT_ASSERT_EQUAL(std::string("0123456789abcdeffedcba98765432"),
                             to_hex(as_bytes(unseal(cipher, key, sealed).value())));
    }

    // GB/T 32918.5-2017 annex A.3, written in the ASN.1 of GM/T 0009.
    void sm2_opens_the_standard_s_ciphertext() {
        const KeyTransport& transport = default_key_transport(KeyKind::sm2);
        const Bytes der =
            hex("307c02"
                "2004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
                "0221"
                "00e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
                "0420"
                "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
                "0413"
                "21886ca989ca9c7d58087307ca93092d651efa");
        const auto key = standard_key();
        CPPUNIT_ASSERT_EQUAL(std::string("encryption standard"),
                             std::string(as_text(unwrap_key(transport, key.get(), der).value())));
        for (std::size_t i = 2; i < der.size(); i += 3) {
            Bytes changed = der;
            changed[i] ^= 1;
            CPPUNIT_ASSERT_MESSAGE(std::to_string(i), unwrap_key(transport, key.get(), changed).has_error());
        }
    }
    // The private key of the examples.
    static KeyPtr standard_key() {
        const Bytes pkcs8 =
            hex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"
                "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
                "a14403420004"
                "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
        const unsigned char* at = pkcs8.data();
        KeyPtr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(pkcs8.size())));
        CPPUNIT_ASSERT(key != nullptr);
        return key;
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
            if (!row.sha1 && row.key == KeyKind::rsa)
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
