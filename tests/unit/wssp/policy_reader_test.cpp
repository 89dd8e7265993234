// What is read of the policies that other people's tools write.
#include "security/wssp/policy_reader.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security::wssp {
namespace {

const std::string sp11 = "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy";
const std::string sp12 = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702";

std::string policy(const std::string& content, const std::string& sp = sp12) {
    return "<w:Policy xmlns:w='http://schemas.xmlsoap.org/ws/2004/09/policy' xmlns:s='" + sp +
           "'><w:ExactlyOne><w:All>" + content + "</w:All></w:ExactlyOne></w:Policy>";
}
std::string nested(const std::string& name, const std::string& content) {
    return "<s:" + name + "><w:Policy>" + content + "</w:Policy></s:" + name + ">";
}

class PolicyReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PolicyReaderTest);
    CPPUNIT_TEST(reads_what_wcf_writes);
    CPPUNIT_TEST(parts_are_per_direction);
    CPPUNIT_TEST(empty_parts_mean_all);
    CPPUNIT_TEST(alternatives_are_joined);
    CPPUNIT_TEST(nothing_is_passed_over_silently);
    CPPUNIT_TEST(weak_suites_are_told);
    CPPUNIT_TEST(suites_say_what_encrypts);
    CPPUNIT_TEST_SUITE_END();

    static Asked read(const std::string& expression, Direction direction = Direction::both) {
        Asked asked;
        read_policy(expression, direction, asked).value();
        return asked;
    }
    static bool told(const Asked& asked, const std::string& words, bool warning) {
        for (const Remark& remark : asked.remarks)
            if (remark.text.find(words) != std::string::npos && remark.warning == warning) return true;
        return false;
    }

    void reads_what_wcf_writes() {
        const Asked asked = read(
            policy("<s:TransportBinding><w:Policy><s:TransportToken><w:Policy><s:HttpsToken "
                   "RequireClientCertificate='true'/></w:Policy></s:TransportToken>" +
                       nested("AlgorithmSuite", "<s:Basic256/>") + nested("Layout", "<s:Strict/>") +
                       "<s:IncludeTimestamp/></w:Policy></s:TransportBinding>" +
                       nested("SignedSupportingTokens", nested("UsernameToken", "<s:WssUsernameToken10/>")) +
                       nested("Wss11", "<s:MustSupportRefThumbprint/>"),
                   sp11));
        CPPUNIT_ASSERT(asked.transport && asked.client_certificate && asked.request.timestamp);
        CPPUNIT_ASSERT(asked.request.tokens.username && !asked.request.tokens.x509);
        CPPUNIT_ASSERT(!asked.request.sign_body);
        CPPUNIT_ASSERT(told(asked, "Basic256 digests with SHA-1", false));
        for (const Remark& remark : asked.remarks) CPPUNIT_ASSERT_MESSAGE(remark.text, !remark.warning);
    }

    void parts_are_per_direction() {
        const std::string parts = policy(
            "<s:SignedParts><s:Body/><s:Header Name='A' Namespace='urn:h'/>"
            "</s:SignedParts><s:EncryptedParts><s:Body/></s:EncryptedParts>");
        const Asked request = read(parts, Direction::request);
        CPPUNIT_ASSERT(request.request.sign_body && request.request.encrypt_body);
        CPPUNIT_ASSERT(!request.response.sign_body && !request.response.encrypt_body);
        CPPUNIT_ASSERT(request.request.sign_headers == (std::vector<xml::QName>{{"urn:h", "A"}}));
        const Asked response = read(parts, Direction::response);
        CPPUNIT_ASSERT(response.response.sign_body && !response.request.sign_body);
        CPPUNIT_ASSERT(read(parts).request.sign_body && read(parts).response.sign_body);
    }

    void empty_parts_mean_all() {
        const Asked asked = read(policy("<s:SignedParts/><s:EncryptedParts/>"));
        CPPUNIT_ASSERT(asked.request.sign_body && asked.request.sign_addressing);
        CPPUNIT_ASSERT(asked.request.encrypt_body);
        CPPUNIT_ASSERT(told(asked, "every header", true));
    }

    void alternatives_are_joined() {
        const Asked asked =
            read("<w:Policy xmlns:w='http://www.w3.org/ns/ws-policy' xmlns:s='" + sp12 +
                 "'><w:ExactlyOne><w:All/><w:All><s:SignedParts><s:Body/></s:SignedParts></w:All>"
                 "</w:ExactlyOne></w:Policy>");
        CPPUNIT_ASSERT(asked.request.sign_body);
        CPPUNIT_ASSERT(told(asked, "alternatives", false));
    }

    void nothing_is_passed_over_silently() {
        for (const char* name : {"SignedElements", "RequiredParts", "KerberosToken", "IssuedToken",
                                 "EncryptSignature", "ProtectTokens", "SomethingNew"})
            CPPUNIT_ASSERT_MESSAGE(name, told(read(policy("<s:" + std::string(name) + "/>")), name, true));
        CPPUNIT_ASSERT(told(read(policy("<x:Seal xmlns:x='urn:other'/>")), "{urn:other}Seal", true));
        CPPUNIT_ASSERT(told(read(policy(nested("SymmetricBinding", ""))), "SymmetricBinding", true));
        CPPUNIT_ASSERT(told(read(policy("<s:SignedParts><s:Header Namespace='urn:all'/></s:SignedParts>")),
                            "urn:all", true));
        CPPUNIT_ASSERT(
            read(policy("<a:UsingAddressing xmlns:a='http://www.w3.org/2006/05/addressing/wsdl'/>"))
                .remarks.empty());
        Asked asked;
        CPPUNIT_ASSERT(read_policy("<broken", Direction::both, asked).has_error());
    }

    void weak_suites_are_told() {
        const auto suite = [](const std::string& name) {
            return read(policy(nested("AlgorithmSuite", "<s:" + name + "/>")));
        };
        CPPUNIT_ASSERT(suite("Basic256Sha256").remarks.empty());
        CPPUNIT_ASSERT(told(suite("TripleDes"), "SHA-1", false));
        CPPUNIT_ASSERT(told(suite("Basic256Sha256Rsa15"), "RSA 1.5", false));
        CPPUNIT_ASSERT(told(suite("Basic512Quantum"), "not known", true));
    }

    void suites_say_what_encrypts() {
        const auto asked = [](const std::string& assertions) { return read(policy(assertions)); };
        const std::string basic128 = nested("AlgorithmSuite", "<s:Basic128Sha256/>");
        const std::string basic256 = nested("AlgorithmSuite", "<s:Basic256Sha256Rsa15/>");
        const std::string encrypted = "<s:EncryptedParts><s:Body/></s:EncryptedParts>";
        const auto content = &MessagePolicy::content_algorithms;
        const auto transports = &MessagePolicy::key_transports;
        using List = std::vector<std::string>;
        const List aes128{std::string(security::names::aes128_gcm), std::string(security::names::aes128_cbc)};
        const List oaep{std::string(security::names::rsa_oaep), std::string(security::names::rsa_oaep_mgf1p)};
        CPPUNIT_ASSERT(asked(basic128 + encrypted).encrypted_by(content) == aes128);
        CPPUNIT_ASSERT(asked(basic128 + encrypted).encrypted_by(transports) == oaep);
        // Of what is not encrypted nothing is asked.
        CPPUNIT_ASSERT(asked(basic128).encrypted_by(content).empty());
        CPPUNIT_ASSERT(asked(encrypted).encrypted_by(content).empty());
        // Of two alternatives either will do.
        CPPUNIT_ASSERT_EQUAL(std::size_t{4},
                             asked(basic128 + basic256 + encrypted).encrypted_by(content).size());
        CPPUNIT_ASSERT(told(asked(nested("AlgorithmSuite", "<s:Basic192Sha256/>") + encrypted),
                            "cipher that is off", false));
        // Ours says it exactly, for the one direction it is about.
        const std::string ours = "<h:Algorithms xmlns:h='" + std::string(soap::ns_hutong) +
                                 "'><h:EncryptionMethod Algorithm='urn:c'/><h:ResponseSignatureMethod "
                                 "Algorithm='urn:s'/></h:Algorithms>";
        const Asked exact = asked(basic128 + ours + encrypted);
        CPPUNIT_ASSERT(exact.encrypted_by(content) == List{"urn:c"});
        CPPUNIT_ASSERT(exact.encrypted_by(transports) == oaep);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:s"), exact.response.signature_algorithm);
        CPPUNIT_ASSERT(exact.response.content_algorithms.empty() &&
                       exact.request.signature_algorithm.empty());
        for (const Remark& remark : exact.remarks) CPPUNIT_ASSERT_MESSAGE(remark.text, !remark.warning);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PolicyReaderTest);

}  // namespace
}  // namespace hutong::security::wssp
