// Encrypted messages, made by python cryptography and signed by xmlsec, through the whole verifier: what is
// accepted and what it becomes, and every way in which one is refused.
#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/xmlenc/decryption_cases.hpp"

namespace hutong::security {

namespace {

using namespace decryption_cases;

class DecryptionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DecryptionTest);
    CPPUNIT_TEST(signed_then_encrypted_is_read);
    CPPUNIT_TEST(encrypted_then_signed_is_read);
    CPPUNIT_TEST(every_way_to_name_our_certificate);
    CPPUNIT_TEST(every_algorithm_that_is_on);
    CPPUNIT_TEST(a_reference_list_of_its_own);
    CPPUNIT_TEST(header_blocks_and_the_signature_are_decrypted);
    CPPUNIT_TEST(cbc_only_where_the_ciphertext_is_signed);
    CPPUNIT_TEST(soap_12);
    CPPUNIT_TEST(plain_messages_where_encryption_is_wanted_or_not);
    CPPUNIT_TEST(the_signer_of_ciphertext_must_be_believed_first);
    CPPUNIT_TEST(altered_ciphertext);
    CPPUNIT_TEST(keys_that_are_not_for_us);
    CPPUNIT_TEST(algorithms_that_are_off);
    CPPUNIT_TEST(types_and_places);
    CPPUNIT_TEST(references);
    CPPUNIT_TEST(plaintext_that_reaches_out);
    CPPUNIT_TEST(signatures_still_count);
    CPPUNIT_TEST(without_a_key_nothing_is_decrypted);
    CPPUNIT_TEST(a_renewed_key_is_still_understood_under_its_own_name);
    CPPUNIT_TEST_SUITE_END();

    void signed_then_encrypted_is_read() { accepted(signed_then_encrypted()); }
    void encrypted_then_signed_is_read() { accepted(encrypted_then_signed()); }

    void every_way_to_name_our_certificate() {
        for (const char* how : {"thumbprint", "ski", "issuer", "token", "certificate"})
            accepted(signed_then_encrypted([&](EncryptionJob& j) { j.key_info = how; }));
        refused(signed_then_encrypted([](EncryptionJob& j) { j.key_info = "name"; }),
                "neither a SecurityTokenReference nor X509Data");
    }

    void every_algorithm_that_is_on() {
        accepted(signed_then_encrypted([](EncryptionJob& j) { j.cipher = str(names::aes128_gcm); }));
        accepted(signed_then_encrypted([](EncryptionJob& j) {
            j.digest = str(names::sha512);
            j.mgf = str(names::mgf1_sha512);
        }));
    }

    void a_reference_list_of_its_own() {
        accepted(signed_then_encrypted([](EncryptionJob& j) { j.list_beside = true; }));
        accepted(encrypted_then_signed([](EncryptionJob& j) { j.list_beside = true; }));
    }

    void header_blocks_and_the_signature_are_decrypted() {
        WssTemplate message = plain();
        message.headers =
            "<wsa:MessageID wsu:Id=\"M\">urn:m:1</wsa:MessageID><t:secret xmlns:t=\"urn:t\" wsu:Id=\"T\">"
            "<t:x>税</t:x></t:secret>";
        message.references.push_back(test::reference("M"));
        message.references.push_back(test::reference("T"));
        const std::string text = signed_then_encrypted(
            [](EncryptionJob& j) {
                j.parts = {"header:MessageID", "content:secret", "security:Signature", "body"};
            },
            message);
        CPPUNIT_ASSERT(text.find("SignedInfo") == std::string::npos);
        CPPUNIT_ASSERT(text.find("urn:m:1") == std::string::npos);
        accepted(text);
        const auto verdict = judge(text);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:m:1"), verdict->message_id.value());
        const auto& headers = verdict->encrypted->headers;
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, headers.size());
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:t}secret"), headers[1].text());

        MessagePolicy policy;
        policy.encrypt_headers = {{"urn:t", "secret"}};
        const auto layout = soap::scan(*verdict.plaintext, {});
        CPPUNIT_ASSERT(check_encrypted(policy, *layout, &*verdict->encrypted).has_value());
        CPPUNIT_ASSERT(check_encrypted(policy, *layout, nullptr).has_error());
        // A second one in the clear is not what policy wanted.
        CPPUNIT_ASSERT(check_encrypted(policy,
                                       *soap::scan(replaced(*verdict.plaintext, "<wsa:MessageID",
                                                            "<t:secret xmlns:t=\"urn:t\"/><wsa:MessageID"),
                                                   {}),
                                       &*verdict->encrypted)
                           .has_error());

        accepted(encrypted_then_signed(
            [](EncryptionJob& j) {
                j.parts = {"content:secret", "body"};
            },
            message));
        // What tells replays apart must be readable where it is signed.
        refused(encrypted_then_signed(
                    [](EncryptionJob& j) {
                        j.parts = {"content:MessageID", "body"};
                    },
                    message),
                "wsa:MessageID is not a plain text");
        refused(encrypted_then_signed(
                    [](EncryptionJob& j) {
                        j.parts = {"security:Timestamp", "body"};
                    },
                    [] {
                        WssTemplate t = plain();
                        t.references = {test::reference("Body")};
                        return t;
                    }()),
                "encrypted after the signature");
    }

    void cbc_only_where_the_ciphertext_is_signed() {
        for (const auto cipher : {names::aes128_cbc, names::aes256_cbc}) {
            accepted(encrypted_then_signed([&](EncryptionJob& j) { j.cipher = str(cipher); }));
            refused(signed_then_encrypted([&](EncryptionJob& j) { j.cipher = str(cipher); }),
                    "CBC is accepted only where its ciphertext was signed");
            // Signed, but not by somebody we believe: not tried.
            refused(encrypted_then_signed([&](EncryptionJob& j) { j.cipher = str(cipher); }),
                    "the signer is not believed", {.believed = false});
        }
        refused(encrypted_then_signed([&](EncryptionJob& j) {
                    j.cipher = str(names::aes128_cbc);
                    j.plaintext["body"] = "<a/>";
                }),
                "CBC ciphertext of less than");
        WssTemplate only_timestamp = plain();
        only_timestamp.references = {test::reference("TS")};
        test::TreeReadingOptions options;
        options.policy.sign_body = false;
        options.keys.rsa = cast().key;
        const std::string text = encrypted_then_signed(
            [&](EncryptionJob& j) { j.cipher = str(names::aes128_cbc); }, only_timestamp);
        CPPUNIT_ASSERT_EQUAL(std::string("#ED-1 was encrypted before signing, but is not signed"),
                             test::read_as_tree(text, options).error().reason);
    }

    void soap_12() {
        WssTemplate message = plain();
        message.version = soap::Version::v12;
        accepted(signed_then_encrypted([](EncryptionJob&) {}, message));
        accepted(encrypted_then_signed([](EncryptionJob&) {}, message));
    }

    void plain_messages_where_encryption_is_wanted_or_not() {
        const std::string text = sign(plain().text());
        refused(text, "Body is not encrypted", {}, Rejection::Kind::not_encrypted);
        const auto verdict = judge(text, {.want_encryption = false});
        CPPUNIT_ASSERT(verdict.has_value() && !verdict->encrypted && !verdict.plaintext);
        accepted(signed_then_encrypted(), {.want_encryption = false});
        WssTemplate with_header = plain();
        with_header.headers = "<t:secret xmlns:t=\"urn:t\"><t:x/></t:secret>";
        // Here that would say that the signature, and so a guess at what is in the header, was right.
        refused(signed_then_encrypted([](EncryptionJob& j) { j.parts = {"content:secret"}; }, with_header),
                "Body is not encrypted");
    }

    void the_signer_of_ciphertext_must_be_believed_first() {
        refused(encrypted_then_signed(), "the signer is not believed", {.believed = false});
    }

    // Changes one bit of the base64 value after `mark` at a tenth `where` of its octets.
    static std::string flipped(const std::string& text, const std::string& mark, unsigned tenth) {
        const std::string begin = "<xenc:CipherValue>";
        const auto from = text.find(begin, text.find(mark)) + begin.size();
        const auto to = text.find('<', from);
        Bytes octets = from_base64(text.substr(from, to - from)).value();
        octets[std::min(octets.size() - 1, octets.size() * tenth / 10)] ^= 1;
        return text.substr(0, from) + to_base64(octets) + text.substr(to);
    }

    void altered_ciphertext() {
        const std::string text = signed_then_encrypted();
        accepted(text);
        for (unsigned tenth = 0; tenth <= 10; ++tenth) {
            refused(flipped(text, "<xenc:EncryptedKey", tenth),
                    "the EncryptedKey does not open with our key");
            refused(flipped(text, "<xenc:EncryptedData", tenth), "the ciphertext of #ED-1 does not open");
        }
        const std::string after = encrypted_then_signed();
        refused(flipped(after, "<xenc:EncryptedData", 5), "digest");
        refused(flipped(after, "<xenc:EncryptedKey", 5), "the EncryptedKey does not open with our key");
        refused(signed_then_encrypted([](EncryptionJob& j) { j.key_bytes = 16; }),
                "the EncryptedKey does not open with our key");
        // Two ciphertexts of one key, exchanged.
        WssTemplate message = plain();
        message.headers = "<t:secret xmlns:t=\"urn:t\"><t:x/></t:secret>";
        const std::string two = signed_then_encrypted(
            [](EncryptionJob& j) {
                j.parts = {"content:secret", "body"};
            },
            message);
        accepted(two);
        const auto value = [&](const std::string& id) {
            const std::string data = piece(two, "Id=\"" + id + "\"", "</xenc:CipherValue>");
            return data.substr(data.find("<xenc:CipherValue>"));
        };
        const std::string first = value("ED-1");
        const std::string second = value("ED-2");
        refused(replaced(replaced(replaced(two, second, "?"), first, second), "?", first), "digest of #Body");
    }

    void keys_that_are_not_for_us() {
        for (const char* how : {"thumbprint", "ski", "issuer", "token", "certificate"})
            refused(signed_then_encrypted([&](EncryptionJob& j) {
                        j.key_info = how;
                        j.recipient = &cast().other;
                    }),
                    "for another certificate than ours");
        // Says it is for us, but is not.
        const std::string for_us = signed_then_encrypted([](EncryptionJob& j) { j.key_info = "token"; });
        const std::string for_other = signed_then_encrypted([](EncryptionJob& j) {
            j.key_info = "token";
            j.recipient = &cast().other;
        });
        refused(replaced(for_other, to_base64(cast().other.der()), to_base64(cast().gateway.der())),
                "the EncryptedKey does not open with our key");
        const std::string key = piece(for_us, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
        refused(replaced(for_us, key, replaced(key, "EK-1", "EK-0") + key),
                "exactly one EncryptedKey, it holds 2");
        refused(replaced(for_us, key, ""), "");
        refused(replaced(for_us, piece(key, "<ds:KeyInfo", "</ds:KeyInfo>"), ""), "no KeyInfo");
    }

    void algorithms_that_are_off() {
        refused(signed_then_encrypted([](EncryptionJob& j) {
                    j.transport = str(names::rsa_1_5);
                    j.digest = j.mgf = "";
                }),
                "is not allowed", {.older = "CN=ca"});
        const std::string text = signed_then_encrypted();
        const std::string method = "<xenc:EncryptionMethod Algorithm=\"" + str(names::aes256_gcm) + "\"/>";
        refused(replaced(text, str(names::aes256_gcm), "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"),
                "is not allowed");
        refused(replaced(text, str(names::aes256_gcm), "http://www.w3.org/2009/xmlenc11#aes192-gcm"),
                "is not allowed");
        // GCM ciphertext told to be CBC, to have its blocks tried one by one.
        refused(replaced(text, str(names::aes256_gcm), str(names::aes256_cbc)),
                "CBC is accepted only where its ciphertext was signed");
        refused(replaced(text, method, ""), "is not allowed");
        refused(replaced(text, method,
                         replaced(method, "/>", "><xenc:KeySize>128</xenc:KeySize></xenc:EncryptionMethod>")),
                "has parameters");
        refused(replaced(text, "<ds:DigestMethod", "<xenc:OAEPparams>AAAA</xenc:OAEPparams><ds:DigestMethod"),
                "is not accepted there");
    }

    void types_and_places() {
        const std::string text = signed_then_encrypted();
        refused(replaced(text, "xmlenc#Content", "xmlenc#Element"), "has the wrong Type for where it stands");
        refused(replaced(text, "xmlenc#Content", "xmlenc#Nonsense"), "Type is neither");
        refused(replaced(text, " Type=\"http://www.w3.org/2001/04/xmlenc#Content\"", ""), "Type is neither");
        refused(replaced(text, "<xenc:EncryptedData", "<xenc:EncryptedData MimeType=\"text/xml\""),
                "attribute MimeType");
        const std::string data = piece(text, "<xenc:EncryptedData", "</xenc:EncryptedData>");
        refused(replaced(text, data, "<w>" + data + "</w>"), "0 are encrypted where that is allowed");
        refused(replaced(text, data, data + "<w/>"), "0 are encrypted where that is allowed");
        refused(replaced(text, data, "forged" + data), "holds text besides");
        refused(replaced(text, data, data + replaced(data, "ED-1", "ED-2")),
                "0 are encrypted where that is allowed");
        // Away from the Body: into the header, into the Security header, behind another Security header.
        const std::string without = replaced(text, data, "");
        refused(replaced(without, "</soap:Header>", data + "</soap:Header>"),
                "0 are encrypted where that is allowed");
        refused(replaced(without, "</soap:Header>", "<w>" + data + "</w></soap:Header>"), "");
        refused(replaced(without, "</wsse:Security>",
                         replaced(data, "xmlenc#Content", "xmlenc#Element") + "</wsse:Security>"),
                "");
        // A copy beside it, wherever no reader of ours would decrypt it.
        refused(replaced(text, "</soap:Header>", "<w>" + data + "</w></soap:Header>"), "");
        refused(replaced(text, "<xenc:CipherData><xenc:CipherValue>",
                         "<xenc:CipherData><xenc:CipherReference URI=\"http://attacker.example/\"/>"
                         "<xenc:CipherValue>"),
                "by value only");
    }

    void references() {
        const std::string text = signed_then_encrypted();
        refused(replaced(text, "<xenc:DataReference URI=\"#ED-1\"/>",
                         "<xenc:DataReference URI=\"http://attacker.example/#ED-1\"/>"),
                "does not point into the message");
        refused(replaced(text, "<xenc:DataReference URI=\"#ED-1\"/>", "<xenc:DataReference URI=\"#Body\"/>"),
                "not the one that the ReferenceList names");
        refused(replaced(text, "<xenc:DataReference URI=\"#ED-1\"/>", ""), "ReferenceList is empty");
        refused(replaced(text, "<xenc:DataReference URI=\"#ED-1\"/>",
                         "<xenc:DataReference URI=\"#ED-1\"/><xenc:DataReference URI=\"#ED-1\"/>"),
                "named twice");
        refused(replaced(text, "<xenc:DataReference URI=\"#ED-1\"/>",
                         "<xenc:DataReference URI=\"#ED-1\"/><xenc:DataReference URI=\"#ED-2\"/>"),
                "names 2 parts");
        refused(replaced(text, "<xenc:DataReference URI=\"#ED-1\"/>", "<xenc:KeyReference URI=\"#ED-1\"/>"),
                "something else than plain DataReferences");
        refused(replaced(text, "URI=\"#EK-1\"", "URI=\"#EK-2\""), "does not refer to the EncryptedKey");
        refused(replaced(text, "Id=\"ED-1\"", "Id=\"TS\""), "occurs more than once");
        refused(replaced(text, "</soap:Header>", "<w Id=\"ED-1\"/></soap:Header>"), "occurs more than once");
        const std::string list = piece(text, "<xenc:ReferenceList", "</xenc:ReferenceList>");
        refused(replaced(text, "</xenc:EncryptedKey>",
                         "</xenc:EncryptedKey>" +
                             replaced(list, "List", "List xmlns:xenc=\"" + str(names::xenc) + "\"")),
                "exactly one ReferenceList");
        refused(replaced(text, list, ""), "exactly one ReferenceList");
    }

    void plaintext_that_reaches_out() {
        const auto with = [](const std::string& plaintext) {
            return signed_then_encrypted([&](EncryptionJob& j) { j.plaintext["body"] = plaintext; });
        };
        const std::string order = plain().body;
        refused(with("</soap:Body><soap:Body>" + order), "");
        refused(with(order + "</soap:Body><soap:Body>"), "");
        refused(with(order + "</soap:Body></soap:Envelope><!--"), "");
        refused(with("<![CDATA["), "");
        refused(with(order + "<x>"), "");
        refused(with("<!DOCTYPE a>" + order), "");
        refused(with("<?pi x?>" + order), "");
        refused(with("&undefined;"), "");
        refused(with("hex:fffe"), "");
        refused(with("<unknown:x/>"), "");
        refused(with("<e:EncryptedData xmlns:e=\"" + str(names::xenc) + "\"/>"), "holds encryption again");
        refused(with("<a><e:EncryptedKey xmlns:e=\"" + str(names::xenc) + "\"/></a>"),
                "holds encryption again");
        refused(with("<a xmlns:u=\"" + str(soap::ns_wsu) + "\" u:Id=\"TS\"/>"), "occurs more than once");
        std::string deep;
        for (int i = 0; i < 100; ++i) deep += "<d>";
        refused(with(deep), "deep");
        // Another order than the one that was signed.
        refused(with("<po:order xmlns:po=\"urn:po\"><po:item>forged</po:item></po:order>"), "digest");

        WssTemplate message = plain();
        message.headers = "<t:secret xmlns:t=\"urn:t\"/>";
        const auto header = [&](const std::string& plaintext) {
            return signed_then_encrypted(
                [&](EncryptionJob& j) {
                    j.parts = {"header:secret", "body"};
                    j.plaintext["header:secret"] = plaintext;
                },
                message);
        };
        accepted(header("<t:secret xmlns:t=\"urn:t\"/>"));
        refused(header("<a/><b/>"), "");
        refused(header("text"), "");
        refused(header("<a/> "), "is not one element");
        refused(header("<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) + "\"/>"), "is a security header");
        refused(header("<a xmlns:soap=\"" + str(soap::ns11) + "\" soap:actor=\"urn:else\"/>"),
                "another role");
        refused(signed_then_encrypted([&](EncryptionJob& j) {
                    j.parts = {"security:Signature", "body"};
                    j.plaintext["security:Signature"] = "<a/>";
                }),
                "no token and no signature");
    }

    void signatures_still_count() {
        const std::string text = signed_then_encrypted();
        const std::string signature = piece(text, "<ds:Signature ", "</ds:Signature>");
        refused(replaced(text, signature, ""), "no signature");
        const std::string key = piece(text, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
        // Moved behind the signature: then what was signed had to be the ciphertext.
        refused(replaced(replaced(text, key, ""), "</wsse:Security>", key + "</wsse:Security>"),
                "digest of #Body");
        const std::string after = encrypted_then_signed();
        const std::string moved = piece(after, "<xenc:EncryptedKey", "</xenc:EncryptedKey>");
        refused(replaced(replaced(after, moved, ""), "<wsse:BinarySecurityToken",
                         moved + "<wsse:BinarySecurityToken"),
                "digest");
        const std::string two =
            replaced(after, "</wsse:Security>",
                     piece(after, "<ds:Signature ", "</ds:Signature>") + "</wsse:Security>");
        refused(two, "");
    }

    void without_a_key_nothing_is_decrypted() {
        const std::string text = signed_then_encrypted();
        CPPUNIT_ASSERT_EQUAL(std::string("this gateway has no encryption key of the kind rsa"),
                             test::read_as_tree(text, {}).error().reason);
    }

    void a_renewed_key_is_still_understood_under_its_own_name() {
        test::TreeReadingOptions options;
        options.policy.sign_addressing = true;
        options.policy.encrypt_body = true;
        options.keys.rsa = DecryptionKey::make(cast().other.key(), cast().other.der()).value();
        const std::string for_former = signed_then_encrypted();
        CPPUNIT_ASSERT(test::read_as_tree(for_former, options)
                           .error()
                           .reason.find("for another certificate than ours") != std::string::npos);
        options.keys.former_rsa = cast().key;
        CPPUNIT_ASSERT(test::read_as_tree(for_former, options).has_value());
        const auto for_other = [](EncryptionJob& j) { j.recipient = &cast().other; };
        CPPUNIT_ASSERT(test::read_as_tree(signed_then_encrypted(for_other), options).has_value());
        // It is no key for what names nobody's certificate that is here.
        options.keys.rsa = cast().sm2_key;
        CPPUNIT_ASSERT(test::read_as_tree(signed_then_encrypted(for_other), options)
                           .error()
                           .reason.find("for another certificate than ours") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DecryptionTest);

}  // namespace

}  // namespace hutong::security
