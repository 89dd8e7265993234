// Which key transports and content algorithms are taken from whom: OAEP with SHA-1 by trust domain, lists by
// policy.
#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/xmlenc/decryption_cases.hpp"

namespace hutong::security {

namespace {

using namespace decryption_cases;

class KeyTransportPolicyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeyTransportPolicyTest);
    CPPUNIT_TEST(older_key_transports_only_where_allowed);
    CPPUNIT_TEST(the_signers_trust_domain_decides_in_either_order);
    CPPUNIT_TEST(who_signs_nothing_is_of_no_trust_domain);
    CPPUNIT_TEST(only_algorithms_that_policy_takes);
    CPPUNIT_TEST_SUITE_END();

  public:
    void older_key_transports_only_where_allowed() {
        const auto older = [](const std::string& digest) {
            return signed_then_encrypted([&](EncryptionJob& j) {
                j.transport = str(names::rsa_oaep_mgf1p);
                j.digest = digest;
                j.mgf = "";
            });
        };
        for (const std::string& digest : {std::string(), str(names::sha1), str(names::sha256)}) {
            accepted(older(digest), {.older = "CN=ca"});
            refused(older(digest), "allow_oaep_sha1 of a trust domain turns it on");
        }
        const std::string half = signed_then_encrypted([](EncryptionJob& j) { j.mgf = ""; });
        refused(half, "allow_oaep_sha1 of a trust domain turns it on");
        accepted(half, {.older = "CN=ca"});
        refused(signed_then_encrypted([](EncryptionJob& j) { j.digest = ""; }), "is not allowed",
                {.older = "CN=ca"});
        accepted(signed_then_encrypted(), {.older = "CN=elsewhere"});
    }

    void the_signers_trust_domain_decides_in_either_order() {
        const std::string off = "is off in the signer's trust domain";
        const std::string first = signed_then_encrypted(by_sha1);
        accepted(first, {.older = "CN=ca"});
        refused(first, off, {.older = "CN=elsewhere"});
        // That the signature is good is told to nobody, since whoever guesses at a plaintext can sign his
        // guess.
        WssTemplate stale = plain();
        stale.created = "2026-11-20T07:59:30Z";
        stale.expires = "2026-11-20T08:04:30Z";
        const std::string late = signed_then_encrypted(by_sha1, stale);
        refused(late, "", {.older = "CN=ca"});
        refused(late, off, {.older = "CN=elsewhere"});

        const std::string after = encrypted_then_signed(by_sha1);
        accepted(after, {.older = "CN=ca"});
        refused(after, "allow_oaep_sha1 of a trust domain turns it on");
        // Before anybody is asked whether the signer is believed, and so before anything is decrypted.
        refused(after, off, {.older = "CN=elsewhere", .believed = false});
        refused(after, "the signer is not believed", {.older = "CN=ca", .believed = false});
    }

    void who_signs_nothing_is_of_no_trust_domain() {
        const std::string text =
            "<soap:Envelope xmlns:soap=\"" + str(soap::ns11) +
            "\"><soap:Header><wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) + "\" xmlns:wsu=\"" +
            str(soap::ns_wsu) + "\"><wsse:UsernameToken><wsse:Username>agency</wsse:Username>" +
            "<wsse:Password>correct horse</wsse:Password>" + "<wsse:Nonce>" +
            to_base64(as_bytes("0123456789abcdef")) +
            "</wsse:Nonce><wsu:Created>2026-11-23T07:59:30Z</wsu:Created></wsse:UsernameToken></"
            "wsse:Security></soap:Header><soap:Body>" +
            plain().body + "</soap:Body></soap:Envelope>";
        const Passwords passwords{{"agency", "correct horse"}};
        GuessLimit guesses;
        const TrustDomains domains = allowing("CN=ca");
        test::TreeReadingOptions options;
        options.policy.sign_body = options.policy.timestamp = false;
        options.policy.encrypt_body = true;
        options.policy.tokens = {false, true, false};
        options.keys.rsa = cast().key;
        options.tokens.domains = &domains;
        options.tokens.passwords = &passwords;
        options.tokens.guesses = &guesses;
        options.tokens.over_tls = true;
        EncryptionJob made = job(text);
        const auto newer = test::read_as_tree(encrypt(made), options);
        CPPUNIT_ASSERT_MESSAGE(newer.has_error() ? newer.error().reason : "", newer.has_value());
        by_sha1(made);
        const auto older = test::read_as_tree(encrypt(made), options);
        CPPUNIT_ASSERT(older.has_error());
        CPPUNIT_ASSERT_EQUAL(std::string("key transport with SHA-1 (") + str(names::rsa_oaep_mgf1p) +
                                 ") by a sender whose trust domain is not known",
                             older.error().reason);
        CPPUNIT_ASSERT(older.error().kind == Rejection::Kind::not_verified);
        // Nor is one whose message policy wants signed.
        EncryptionJob unsigned_job = job(text);
        by_sha1(unsigned_job);
        refused(encrypt(unsigned_job), "no signature", {.older = "CN=ca"});
    }

    void only_algorithms_that_policy_takes() {
        const Setting strict{.content_algorithms = {str(names::aes256_gcm), str(names::aes256_cbc)},
                             .key_transports = {str(names::rsa_oaep)}};
        const auto by_aes128 = [](EncryptionJob& j) { j.cipher = str(names::aes128_gcm); };
        const auto by_sm2 = [](EncryptionJob& j) { for_sm2(j, names::aes256_gcm); };
        accepted(signed_then_encrypted(), strict);
        accepted(encrypted_then_signed(), strict);
        accepted(encrypted_then_signed([](EncryptionJob& j) { j.cipher = str(names::aes256_cbc); }), strict);
        for (const std::string& text : {signed_then_encrypted(by_aes128), encrypted_then_signed(by_aes128)}) {
            accepted(text);
            refused(text,
                    "content algorithm \"" + str(names::aes128_gcm) + "\" is none of those that policy takes",
                    strict);
        }
        for (const std::string& text : {signed_then_encrypted(by_sm2), encrypted_then_signed(by_sm2)}) {
            accepted(text);
            refused(text,
                    "key transport \"" + str(names::sm2_encryption) + "\" is none of those that policy takes",
                    strict);
        }
        // Policy narrows what a trust domain is allowed, and allows nothing of itself.
        Setting older = strict;
        older.older = "CN=ca";
        refused(signed_then_encrypted(by_sha1), "is none of those that policy takes", older);
        older.key_transports = {str(names::rsa_oaep_mgf1p)};
        accepted(signed_then_encrypted(by_sha1), older);
        refused(signed_then_encrypted(), "is none of those that policy takes", older);
        older.older = "CN=elsewhere";
        refused(signed_then_encrypted(by_sha1), "is off in the signer's trust domain", older);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(KeyTransportPolicyTest);

}  // namespace

}  // namespace hutong::security
