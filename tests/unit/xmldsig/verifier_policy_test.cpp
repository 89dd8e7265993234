// What a service's policy adds to the verifier's demands: headers, algorithms, times.
#include <cppunit/extensions/HelperMacros.h>

#include "base/config/config.hpp"
#include "security/inbound/timestamp.hpp"
#include "security/inbound/verifier.hpp"
#include "wss_template.hpp"

namespace hutong::security {

namespace {

using test::Identity;
using test::reference;

class VerifierPolicyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(VerifierPolicyTest);
    CPPUNIT_TEST(named_headers_must_be_signed);
    CPPUNIT_TEST(algorithms_are_narrowed);
    CPPUNIT_TEST(times_are_the_policys);
    CPPUNIT_TEST_SUITE_END();

    const Identity agency{test::signer_recipe("agency")};
    const config::Security options;

    // Empty when the message is believed, else why not.
    std::string reason(const test::WssTemplate& message, const MessagePolicy& policy,
                       TimePoint now = test::test_time()) {
        test::ForeignSigner signer;
        signer.add("message", message.text(), agency.key_pem());
        signer.run();
        const std::string text = signer.signed_message("message");
        const auto layout = soap::scan(text, {});
        const auto verdict =
            make_dom_verifier(options, {})->verify({text, &*layout, Required::by(policy), now, {}, &policy});
        return verdict.has_error() ? verdict.error().reason : "";
    }

    void named_headers_must_be_signed() {
        MessagePolicy policy;
        policy.sign_headers = {{"urn:x", "h"}};
        auto message = test::template_for(agency);
        CPPUNIT_ASSERT_EQUAL(std::string(), reason(message, policy));
        message.headers = "<x:h xmlns:x=\"urn:x\" wsu:Id=\"a\"/>";
        CPPUNIT_ASSERT(reason(message, policy).find("{urn:x}h is not signed") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string(), reason(message, {}));
        message.references.push_back(reference("a"));
        CPPUNIT_ASSERT_EQUAL(std::string(), reason(message, policy));
        message.headers += "<x:h xmlns:x=\"urn:x\"/>";
        CPPUNIT_ASSERT(reason(message, policy).find("is not signed") != std::string::npos);
    }

    void algorithms_are_narrowed() {
        MessagePolicy policy;
        const auto message = test::template_for(agency);
        policy.signature_algorithms = {message.method};
        CPPUNIT_ASSERT_EQUAL(std::string(), reason(message, policy));
        policy.signature_algorithms = {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"};
        CPPUNIT_ASSERT(reason(message, policy).find("not among those the service's policy allows") !=
                       std::string::npos);
    }

    void times_are_the_policys() {
        MessagePolicy policy;
        const auto message = test::template_for(agency);  // made 30 seconds before test_time()
        policy.freshness = std::chrono::seconds(10);
        CPPUNIT_ASSERT_EQUAL(std::string(), reason(message, policy));  // within the clock skew
        policy.clock_skew = std::chrono::seconds(0);
        CPPUNIT_ASSERT(reason(message, policy).find("expired") != std::string::npos);
        const TimePoint early = test::test_time() - std::chrono::seconds(60);
        CPPUNIT_ASSERT(reason(message, policy, early).find("future") != std::string::npos);
        policy.clock_skew = std::chrono::seconds(90);
        CPPUNIT_ASSERT_EQUAL(std::string(), reason(message, policy, early));
        CPPUNIT_ASSERT(times_for(options, nullptr).freshness == options.freshness);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(VerifierPolicyTest);

}  // namespace

}  // namespace hutong::security
