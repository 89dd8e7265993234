// What a contract's own policy makes of the service that is published from it, real contracts included.
#include "registry/publication/policy_proposal.hpp"

#include <cstdlib>
#include <iostream>

#include "fixture.hpp"
#include "wsdl/reader.hpp"

namespace hutong::registry {
namespace {

namespace fs = std::filesystem;

const std::string sp = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702";

wsdl::Bundle with_policy(const std::string& assertions) {
    wsdl::Bundle bundle = contract();
    std::string& text = bundle.files.at("company.wsdl");
    const std::string at = "<soap:binding ";
    text.insert(text.find(at), "<p:Policy xmlns:p='http://www.w3.org/ns/ws-policy' xmlns:s='" + sp + "'>" +
                                   assertions + "</p:Policy>");
    return bundle;
}

bool told(const Findings& findings, const std::string& rule, const std::string& words) {
    return std::any_of(findings.begin(), findings.end(), [&](const wsdl::Finding& finding) {
        return finding.rule == rule && finding.text.find(words) != std::string::npos &&
               finding.place.line > 0;
    });
}

class PolicyProposalTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(PolicyProposalTest);
    CPPUNIT_TEST(a_contract_adds_to_preset_sign);
    CPPUNIT_TEST(a_contract_narrows_algorithms);
    CPPUNIT_TEST(what_cannot_be_enforced_is_a_finding);
    CPPUNIT_TEST(a_chosen_policy_wins_and_its_shortfalls_are_told);
    CPPUNIT_TEST(real_contracts);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
    }
    Service service() { return run(publication_->show("gs/company")).value().service; }

    void a_contract_adds_to_preset_sign() {
        const PublishOutcome outcome = publish(request(with_policy(
            "<s:SignedParts><s:Body/><s:Header Name='Case' Namespace='urn:case'/></s:SignedParts>")));
        CPPUNIT_ASSERT(service().policy == Policy::sign);
        CPPUNIT_ASSERT(service().security.request.sign_headers ==
                       (std::vector<xml::QName>{{"urn:case", "Case"}}));
        CPPUNIT_ASSERT(service().security.request.sign_body && service().security.request.timestamp);
        CPPUNIT_ASSERT(service().security.response.sign_headers ==
                       (std::vector<xml::QName>{{"urn:case", "Case"}}));
        CPPUNIT_ASSERT(!told(outcome.findings, "HT-POLICY-002", "asked of answers"));
    }

    void a_contract_narrows_algorithms() {
        const std::string encrypted =
            "<s:AlgorithmSuite><p:Policy><s:Basic128Sha256/></p:Policy></s:AlgorithmSuite>"
            "<s:EncryptedParts><s:Body/></s:EncryptedParts>";
        const auto with_answers = [&](const std::string& uri) {
            return encrypted +
                   "<h:Algorithms xmlns:h='urn:hutong:gateway:1'><h:ResponseSignatureMethod Algorithm='" +
                   uri + "'/></h:Algorithms>";
        };
        PublishRequest wanted =
            request(with_policy(with_answers("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")));
        Findings findings = publish(wanted).findings;
        const ServicePolicy made = service().security;
        CPPUNIT_ASSERT(made.request.encrypt_body);
        CPPUNIT_ASSERT(made.request.content_algorithms ==
                       (std::vector<std::string>{"http://www.w3.org/2009/xmlenc11#aes128-gcm",
                                                 "http://www.w3.org/2001/04/xmlenc#aes128-cbc"}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, made.request.key_transports.size());
        CPPUNIT_ASSERT_EQUAL(std::string("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
                             made.response.signature_algorithm);
        // A choice that is within what is asked leaves nothing to tell; one beyond it does.
        wanted.policy_document = "preset = 'sign-encrypt'\nrequest.content_algorithms = ['aes128-gcm']\n";
        CPPUNIT_ASSERT(!told(publish(wanted).findings, "HT-POLICY-004", "algorithms of encrypted requests"));
        wanted.policy_document = "preset = 'sign-encrypt'\n";
        CPPUNIT_ASSERT(told(publish(wanted).findings, "HT-POLICY-004", "algorithms of encrypted requests"));
        // What the node cannot sign by is told, and the rest is taken.
        for (const std::string uri : {"urn:oid:1.2.156.10197.1.501", "urn:nothing"}) {
            const ContractPolicy asked = [&] {
                const wsdl::Bundle bundle = with_policy(with_answers(uri));
                return read_contract_policy(wsdl::read(bundle).value(), findings);
            }();
            findings.clear();
            const std::vector<security::KeyKind> kinds{security::KeyKind::rsa, security::KeyKind::p256};
            const ServicePolicy policy = proposed_policy(asked, kinds, findings);
            CPPUNIT_ASSERT(policy.response.signature_algorithm.empty() && policy.request.encrypt_body);
            CPPUNIT_ASSERT(told(findings, "HT-POLICY-002", "a certain signature method of answers"));
        }
    }

    void what_cannot_be_enforced_is_a_finding() {
        const PublishOutcome outcome = publish(request(with_policy("<s:SignedElements/>")));
        CPPUNIT_ASSERT(told(outcome.findings, "HT-POLICY-002", "sp:SignedElements"));
        CPPUNIT_ASSERT(service().security.request.sign_body);
    }

    void a_chosen_policy_wins_and_its_shortfalls_are_told() {
        PublishRequest wanted = request(with_policy(
            "<s:SignedParts><s:Body/><s:Header Name='Case' Namespace='urn:case'/></s:SignedParts>"));
        wanted.policy = Policy::sign;
        Findings findings = publish(wanted).findings;
        CPPUNIT_ASSERT(told(findings, "HT-POLICY-004", "further signed headers of requests"));
        CPPUNIT_ASSERT(!told(findings, "HT-POLICY-004", "signed Bodies"));
        CPPUNIT_ASSERT(service().security.request.sign_headers.empty());
        wanted.policy = Policy::plain;
        findings = publish(wanted).findings;
        CPPUNIT_ASSERT(told(findings, "HT-POLICY-004", "signed Bodies of requests"));
        CPPUNIT_ASSERT(service().policy == Policy::plain);
    }

    // Contracts of agencies whose policies were written by other people's tools; read where they are at hand.
    void real_contracts() {
        const char* const configured = std::getenv("HUTONG_CORPUS");
        const fs::path corpus = (configured ? fs::path(configured)
                                            : fs::path(HUTONG_SOURCE_DIR).parent_path() / "shared/corpus") /
                                "wsdl";
        if (!fs::exists(corpus)) {
            std::cout << "\nskipped: no contracts at " << corpus << "\n";
            return;
        }
        const auto proposal = [&](const std::string& file, Findings& findings) {
            const wsdl::Bundle bundle = wsdl::load_bundle(corpus / file).value();
            const wsdl::Description description = wsdl::read(bundle).value();
            CPPUNIT_ASSERT_MESSAGE(file, !description.policies.empty());
            const ContractPolicy read = read_contract_policy(description, findings);
            const std::vector<security::KeyKind> kinds{security::KeyKind::rsa, security::KeyKind::p256};
            const ServicePolicy policy = proposed_policy(read, kinds, findings);
            CPPUNIT_ASSERT(check_policy(Policy::sign, policy).has_value());
            CPPUNIT_ASSERT(policy.request.sign_body && policy.request.timestamp && policy.response.sign_body);
            return read.asked;
        };
        Findings altinn, regix;
        auto asked = proposal("no-altinn-correspondence/CorrespondenceAgencyExternal.svc.wsdl", altinn);
        CPPUNIT_ASSERT(asked.request.timestamp && asked.request.tokens.username);
        CPPUNIT_ASSERT(told(altinn, "HT-POLICY-002", "sp:HttpToken"));  // no assertion of the standard
        asked = proposal("bg-regix-entrypoint/RegiXEntryPoint.wsdl", regix);
        CPPUNIT_ASSERT(asked.transport && asked.client_certificate);
        CPPUNIT_ASSERT(told(regix, "HT-POLICY-003", "mutual TLS"));
        CPPUNIT_ASSERT(told(regix, "HT-POLICY-003", "SHA-1"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PolicyProposalTest);

}  // namespace
}  // namespace hutong::registry
