// What is published of a policy: valid, complete, and read back as what it was.
#include "security/wssp/policy_writer.hpp"

#include <fstream>
#include <sstream>

#include <cppunit/extensions/HelperMacros.h>

#include "base/xml/schema.hpp"
#include "security/wssp/policy_reader.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security::wssp {
namespace {

std::string file(const std::string& name) {
    std::ifstream in(std::string(HUTONG_SCHEMA_DIR) + "/" + name);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

class PolicyWriterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PolicyWriterTest);
    CPPUNIT_TEST(every_policy_is_valid);
    CPPUNIT_TEST(the_schema_can_say_no);
    CPPUNIT_TEST(signing_is_an_asymmetric_binding);
    CPPUNIT_TEST(plain_is_mutual_tls);
    CPPUNIT_TEST(what_is_written_reads_back);
    CPPUNIT_TEST(algorithms_are_a_suite_and_read_back_exactly);
    CPPUNIT_TEST(names_are_escaped);
    CPPUNIT_TEST_SUITE_END();

    // Empty when it is valid, else why not.
    static std::string fault_of(const std::string& policy) {
        static const auto schemas = xml::SchemaSet::compile({{"policy.xsd", file("policy.xsd")},
                                                             {"security.xsd", file("security.xsd")},
                                                             {"hutong.xsd", file("hutong.xsd")}},
                                                            "policy.xsd");
        CPPUNIT_ASSERT_MESSAGE(schemas.has_error() ? schemas.error().detail : "", schemas.has_value());
        const auto document = xml::parse(policy);
        if (document.has_error()) return document.error().detail;
        const auto valid = schemas->validate(document->root());
        return valid.has_error() ? valid.error().detail : "";
    }

    static MessagePolicy nothing() {
        MessagePolicy message;
        message.sign_body = message.timestamp = false;
        return message;
    }
    static MessagePolicy everything() {
        MessagePolicy message;
        message.sign_addressing = message.sign_attachments = message.encrypt_body = true;
        message.sign_headers = {{"urn:a", "Case"}};
        message.encrypt_headers = {{"urn:b", "Secret"}};
        message.tokens = {true, true, true};
        message.signature_algorithms = {std::string(security::names::rsa_sha256)};
        message.content_algorithms = {std::string(security::names::aes128_gcm),
                                      std::string(security::names::sm4_cbc)};
        message.key_transports = {std::string(security::names::sm2_encryption)};
        message.signature_algorithm = std::string(security::names::ecdsa_sha256);
        return message;
    }

    void every_policy_is_valid() {
        for (const MessagePolicy& request : {MessagePolicy{}, nothing(), everything()})
            for (const MessagePolicy& response : {MessagePolicy{}, nothing(), everything()})
                for (const bool confirmation : {false, true}) {
                    const Policies policies = write_policies({request, response, confirmation});
                    for (const std::string& policy : {policies.binding, policies.request, policies.response})
                        if (!policy.empty())
                            CPPUNIT_ASSERT_EQUAL_MESSAGE(policy, std::string(), fault_of(policy));
                    CPPUNIT_ASSERT(!policies.binding.empty());
                }
    }

    void the_schema_can_say_no() {
        std::string policy = write_policies({MessagePolicy{}, MessagePolicy{}, false}).binding;
        for (const auto& [from, to] :
             {std::pair{"sp:Basic256Sha256", "sp:Basic256Sha1"}, std::pair{"AlwaysToRecipient", "Sometimes"},
              std::pair{"sp:IncludeTimestamp/", "sp:IncludeTimestamp>x</sp:IncludeTimestamp"}}) {
            std::string bad = policy;
            bad.replace(bad.find(from), std::string(from).size(), to);
            CPPUNIT_ASSERT_MESSAGE(bad, !fault_of(bad).empty());
        }
    }

    void signing_is_an_asymmetric_binding() {
        MessagePolicy request;
        request.sign_addressing = true;
        const Policies policies = write_policies({request, MessagePolicy{}, true});
        for (const char* word :
             {"<sp:AsymmetricBinding>", "<sp:InitiatorToken>", "IncludeToken/AlwaysToRecipient",
              "<sp:RecipientToken>", "IncludeToken/AlwaysToInitiator", "<sp:Basic256Sha256/>",
              "<sp:IncludeTimestamp/>", "<sp:OnlySignEntireHeadersAndBody/>",
              "<sp:RequireSignatureConfirmation/>", "wsp:Ignorable=\"true\"",
              "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\""})
            CPPUNIT_ASSERT_MESSAGE(word, policies.binding.find(word) != std::string::npos);
        CPPUNIT_ASSERT(policies.request.find("<sp:Body/><sp:Header "
                                             "Namespace=\"http://www.w3.org/2005/08/addressing\"/>") !=
                       std::string::npos);
        CPPUNIT_ASSERT(policies.response.find("<sp:SignedParts><sp:Body/></sp:SignedParts>") !=
                       std::string::npos);
        request.signature_algorithms = {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"};
        CPPUNIT_ASSERT(write_policies({request, MessagePolicy{}, false}).binding.find("rsa-sha256") ==
                       std::string::npos);
    }

    void plain_is_mutual_tls() {
        const Policies policies = write_policies({nothing(), nothing(), false});
        CPPUNIT_ASSERT(policies.binding.find("<sp:HttpsToken><wsp:Policy><sp:RequireClientCertificate/>") !=
                       std::string::npos);
        CPPUNIT_ASSERT(policies.binding.find("Asymmetric") == std::string::npos);
        CPPUNIT_ASSERT(policies.binding.find("IncludeTimestamp") == std::string::npos);
        CPPUNIT_ASSERT(policies.request.empty() && policies.response.empty());
    }

    void what_is_written_reads_back() {
        const MessagePolicy wanted = everything();
        const Policies policies = write_policies({wanted, MessagePolicy{}, true});
        Asked asked;
        read_policy(policies.binding, Direction::both, asked).value();
        read_policy(policies.request, Direction::request, asked).value();
        read_policy(policies.response, Direction::response, asked).value();
        CPPUNIT_ASSERT(asked.request.sign_body && asked.request.timestamp && asked.request.sign_addressing);
        CPPUNIT_ASSERT(asked.request.sign_attachments && asked.request.encrypt_body);
        CPPUNIT_ASSERT(asked.request.sign_headers == wanted.sign_headers);
        CPPUNIT_ASSERT(asked.request.encrypt_headers == wanted.encrypt_headers);
        CPPUNIT_ASSERT(asked.request.tokens.x509 && asked.request.tokens.username &&
                       asked.request.tokens.saml);
        CPPUNIT_ASSERT(asked.signature_confirmation && asked.response.sign_body);
        CPPUNIT_ASSERT(!asked.response.sign_addressing && !asked.response.encrypt_body);
        for (const Remark& remark : asked.remarks) CPPUNIT_ASSERT_MESSAGE(remark.text, !remark.warning);
    }

    void algorithms_are_a_suite_and_read_back_exactly() {
        const auto written = [](std::vector<std::string> content, std::vector<std::string> transports,
                                std::string answers) {
            MessagePolicy request, response;
            request.content_algorithms = std::move(content);
            request.key_transports = std::move(transports);
            response.sign_addressing = true;
            response.sign_headers = {{"urn:a", "Case"}};
            response.signature_algorithm = std::move(answers);
            const Policies policies = write_policies({request, response, false});
            for (const std::string& policy : {policies.binding, policies.response})
                CPPUNIT_ASSERT_EQUAL_MESSAGE(policy, std::string(), fault_of(policy));
            Asked asked;
            read_policy(policies.binding, Direction::both, asked).value();
            read_policy(policies.response, Direction::response, asked).value();
            CPPUNIT_ASSERT(asked.request.content_algorithms == request.content_algorithms);
            CPPUNIT_ASSERT(asked.request.key_transports == request.key_transports);
            CPPUNIT_ASSERT_EQUAL(response.signature_algorithm, asked.response.signature_algorithm);
            CPPUNIT_ASSERT(asked.response.sign_addressing &&
                           asked.response.sign_headers == response.sign_headers);
            CPPUNIT_ASSERT(!asked.request.sign_addressing && asked.request.sign_headers.empty());
            return policies.binding;
        };
        namespace n = security::names;
        const auto suite_of = [&](std::vector<std::string> content) {
            const std::string binding = written(std::move(content), {}, {});
            const auto at = binding.find("<sp:AlgorithmSuite><wsp:Policy><sp:") + 35;
            return binding.substr(at, binding.find('/', at) - at);
        };
        const std::string gcm128(n::aes128_gcm), cbc128(n::aes128_cbc), gcm256(n::aes256_gcm),
            sm4(n::sm4_cbc);
        CPPUNIT_ASSERT_EQUAL(std::string("Basic256Sha256"), suite_of({}));
        CPPUNIT_ASSERT_EQUAL(std::string("Basic256Sha256"), suite_of({gcm256}));
        CPPUNIT_ASSERT_EQUAL(std::string("Basic128Sha256"), suite_of({gcm128}));
        CPPUNIT_ASSERT_EQUAL(std::string("Basic128Sha256"), suite_of({cbc128, gcm128}));
        CPPUNIT_ASSERT_EQUAL(std::string("Basic256Sha256"), suite_of({gcm128, gcm256}));
        // No suite has it.
        CPPUNIT_ASSERT_EQUAL(std::string("Basic256Sha256"), suite_of({sm4}));
        written({gcm256}, {std::string(n::rsa_oaep), std::string(n::sm2_encryption)},
                std::string(n::sm2_sm3));
        // A service without signed requests says how its answers are signed.
        MessagePolicy response;
        response.signature_algorithm = std::string(n::rsa_sha256);
        const std::string binding = write_policies({nothing(), response, false}).binding;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(binding, std::string(), fault_of(binding));
        CPPUNIT_ASSERT(binding.find("ResponseSignatureMethod") != std::string::npos);
    }

    void names_are_escaped() {
        MessagePolicy request;
        request.sign_headers = {{"urn:a\"/><x", "Case"}};
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             fault_of(write_policies({request, MessagePolicy{}, false}).request));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PolicyWriterTest);

}  // namespace
}  // namespace hutong::security::wssp
