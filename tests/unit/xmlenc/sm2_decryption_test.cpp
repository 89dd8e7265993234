// Messages whose keys are wrapped by SM2, and whose content may be under SM4.
#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/xmlenc/decryption_cases.hpp"

namespace hutong::security {

namespace {

using namespace decryption_cases;

class Sm2DecryptionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(Sm2DecryptionTest);
    CPPUNIT_TEST(sm2_and_sm4);
    CPPUNIT_TEST(every_failure_of_sm2_is_the_same);
    CPPUNIT_TEST_SUITE_END();

  public:
    // The openssl command wraps the key by SM2 and encrypts by SM4.
    void sm2_and_sm4() {
        const auto sm4 = [](EncryptionJob& j) { for_sm2(j, names::sm4_cbc); };
        const auto read = judge(encrypted_then_signed(sm4));
        CPPUNIT_ASSERT_MESSAGE(read.has_error() ? read.error().reason : "", read.has_value());
        CPPUNIT_ASSERT_EQUAL(names::sm4_cbc, read->encrypted->cipher->uri);
        CPPUNIT_ASSERT_EQUAL(names::sm2_encryption, read->encrypted->transport->uri);
        CPPUNIT_ASSERT(read.plaintext->find("税务") != std::string::npos);
        refused(signed_then_encrypted(sm4), "CBC is accepted only where its ciphertext was signed");
        refused(encrypted_then_signed(sm4), "the signer is not believed", {.believed = false});
        const auto gcm = [](EncryptionJob& j) { for_sm2(j, names::aes256_gcm); };
        accepted(signed_then_encrypted(gcm));
        accepted(encrypted_then_signed(gcm));
        // SM4 under RSA is as good.
        accepted(encrypted_then_signed([](EncryptionJob& j) { j.cipher = str(names::sm4_cbc); }));
        for (const char* how : {"ski", "issuer", "token", "certificate"})
            accepted(signed_then_encrypted([&](EncryptionJob& j) {
                for_sm2(j, names::aes256_gcm);
                j.key_info = how;
            }));
    }

    void every_failure_of_sm2_is_the_same() {
        const auto gcm = [](EncryptionJob& j) { for_sm2(j, names::aes256_gcm); };
        const std::string text = signed_then_encrypted(gcm);
        const std::string key = piece(text, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
        const std::string value = piece(key, "<xenc:CipherValue>", "</xenc:CipherValue>");
        const Bytes wrapped = from_base64(value.substr(18, value.size() - 37)).value();
        for (std::size_t i = 0; i < wrapped.size(); i += 7) {
            Bytes changed = wrapped;
            changed[i] ^= 1;
            refused(replaced(text, value, "<xenc:CipherValue>" + to_base64(changed) + "</xenc:CipherValue>"),
                    "the EncryptedKey does not open with our key");
        }
        for (const Bytes& other : {Bytes{0x30, 0}, Bytes(107, 0x30), Bytes{1}, Bytes(5000, 1)})
            refused(replaced(text, value, "<xenc:CipherValue>" + to_base64(other) + "</xenc:CipherValue>"),
                    "the EncryptedKey does not open with our key");
        refused(signed_then_encrypted([](EncryptionJob& j) {
                    for_sm2(j, names::aes256_gcm);
                    j.key_bytes = 16;
                }),
                "the EncryptedKey does not open with our key");
        // The certificate of one kind with the key transport of the other.
        refused(replaced(text, "<xenc:EncryptionMethod Algorithm=\"" + str(names::sm2_encryption) + "\"/>",
                         "<xenc:EncryptionMethod Algorithm=\"" + str(names::rsa_oaep) +
                             "\"><ds:DigestMethod xmlns:ds=\"" + str(names::ds) + "\" Algorithm=\"" +
                             str(names::sha256) + "\"/><xenc11:MGF xmlns:xenc11=\"" + str(names::xenc11) +
                             "\" Algorithm=\"" + str(names::mgf1_sha256) + "\"/></xenc:EncryptionMethod>"),
                "for another certificate than ours");
        test::TreeReadingOptions none;
        none.keys.rsa = cast().key;
        const auto without = test::read_as_tree(text, none);
        CPPUNIT_ASSERT(without.has_error());
        CPPUNIT_ASSERT_EQUAL(std::string("this gateway has no encryption key of the kind sm2"),
                             without.error().reason);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(Sm2DecryptionTest);

}  // namespace

}  // namespace hutong::security
