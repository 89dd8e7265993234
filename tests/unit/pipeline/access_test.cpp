// authenticate (plain), authorise and throttle: who may do what, and how often.
#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/stages/authenticate.hpp"
#include "gateway/stages/authorise.hpp"
#include "gateway/stages/throttle.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

namespace {

// Says of every certificate what it was told to say.
class FixedTrust final : public security::TrustStore {
  public:
    explicit FixedTrust(security::TrustStatus status, std::string thumbprint = "thumb")
        : status_(status), thumbprint_(std::move(thumbprint)) {}
    security::TrustVerdict judge(ByteView, const std::vector<Bytes>&, security::Usage usage,
                                 TimePoint) const override {
        asked = usage;
        return {status_, "for the officer", thumbprint_, "CN=x", "01"};
    }
    security::TrustVerdict judge_as_of(ByteView certificate, const std::vector<Bytes>& chain,
                                       security::Usage usage, TimePoint as_of, TimePoint) const override {
        return judge(certificate, chain, usage, as_of);
    }
    mutable security::Usage asked{security::Usage::message_signing};

  private:
    security::TrustStatus status_;
    std::string thumbprint_;
};

std::string with_action(const std::string& action) {
    return "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><a:Action "
           "xmlns:a='http://www.w3.org/2005/08/addressing'>" +
           action + "</a:Action></s:Header><s:Body><Get xmlns='urn:demo'/></s:Body></s:Envelope>";
}

}  // namespace

class AccessTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AccessTest);
    CPPUNIT_TEST(certificate_makes_the_consumer);
    CPPUNIT_TEST(plain_services_want_a_client_certificate);
    CPPUNIT_TEST(untrusted_certificates_are_told_what_to_mend);
    CPPUNIT_TEST(grant_goes_down_to_the_operation);
    CPPUNIT_TEST(actions_must_agree_with_the_body);
    CPPUNIT_TEST(buckets_fill_again);
    CPPUNIT_TEST_SUITE_END();

    static std::optional<Refusal> authorise(const std::string& message, const std::string& action = "") {
        Call call;
        call.soap11(message);
        call.request.headers.set("SOAPAction", "\"" + action + "\"");
        call.read();
        call.exchange->consumer = call.reader;
        AuthoriseStage stage;
        if (auto refusal = call.header(stage)) return refusal;
        return call.operation(stage);
    }

    void certificate_makes_the_consumer() {
        AuthenticateStage stage;
        Call call;
        call.table->trust = std::make_shared<FixedTrust>(security::TrustStatus::trusted);
        call.read();
        call.exchange->claims.emplace();
        CPPUNIT_ASSERT(!call.header(stage));
        CPPUNIT_ASSERT_EQUAL(std::string("reader"), call.exchange->consumer->id);
        call.table->trust = std::make_shared<FixedTrust>(security::TrustStatus::trusted, "other");
        CPPUNIT_ASSERT(call.header(stage)->public_reason.find("not registered") != std::string::npos);
    }

    void plain_services_want_a_client_certificate() {
        AuthenticateStage stage;
        Call call;
        const auto trust = std::make_shared<FixedTrust>(security::TrustStatus::trusted);
        call.table->trust = trust;
        call.plain();
        call.read();
        CPPUNIT_ASSERT_EQUAL(std::string("FailedAuthentication"), call.header(stage)->code.detail_code.local);
        call.request.client_certificates = {{1}, {2}};
        CPPUNIT_ASSERT(!call.header(stage));
        CPPUNIT_ASSERT(trust->asked == security::Usage::tls_client);
    }

    void untrusted_certificates_are_told_what_to_mend() {
        AuthenticateStage stage;
        for (const auto& [status, word] : {std::pair{security::TrustStatus::expired, "expired"},
                                           std::pair{security::TrustStatus::revoked, "revoked"},
                                           std::pair{security::TrustStatus::no_path, "not issued"},
                                           std::pair{security::TrustStatus::weak_key, "weak"}}) {
            Call call;
            call.table->trust = std::make_shared<FixedTrust>(status);
            call.read();
            call.exchange->claims.emplace();
            const auto refusal = call.header(stage);
            CPPUNIT_ASSERT_MESSAGE(word, refusal && refusal->public_reason.find(word) != std::string::npos);
            CPPUNIT_ASSERT(!call.exchange->consumer);
        }
    }

    void grant_goes_down_to_the_operation() {
        CPPUNIT_ASSERT(!authorise(test::get_message));
        std::string put = test::get_message;
        put.replace(put.find("<Get"), 4, "<Put");
        put.replace(put.find("</Get"), 5, "</Put");
        CPPUNIT_ASSERT(authorise(put)->public_reason.find("operation Put") != std::string::npos);
        std::string other = test::get_message;
        other.replace(other.find("urn:demo"), 8, "urn:else");
        CPPUNIT_ASSERT(authorise(other)->public_reason.find("{urn:else}Get") != std::string::npos);
        Call call;
        call.read();
        call.exchange->consumer = call.reader;
        call.table->grants.clear();
        AuthoriseStage stage;
        CPPUNIT_ASSERT(call.header(stage)->public_reason.find("no grant for service") != std::string::npos);
    }

    void actions_must_agree_with_the_body() {
        CPPUNIT_ASSERT(!authorise(test::get_message, "urn:demo:Get"));
        CPPUNIT_ASSERT(authorise(test::get_message, "urn:demo:Put"));
        CPPUNIT_ASSERT(!authorise(with_action("urn:demo:Get")));
        CPPUNIT_ASSERT(!authorise(with_action(" urn:demo:Echo:GetRequest ")));
        CPPUNIT_ASSERT(authorise(with_action("urn:demo:Echo:PutRequest")));
        CPPUNIT_ASSERT(authorise(with_action(
            "urn:demo:Get</a:Action><a:Action xmlns:a='http://www.w3.org/2005/08/addressing'>urn:demo:Get")));
    }

    void buckets_fill_again() {
        TokenBuckets buckets;
        auto now = TokenBuckets::Clock::now();
        CPPUNIT_ASSERT(buckets.take("a", 1, 2, now));
        CPPUNIT_ASSERT(buckets.take("a", 1, 2, now));
        CPPUNIT_ASSERT(!buckets.take("a", 1, 2, now));
        CPPUNIT_ASSERT(buckets.take("b", 1, 2, now));
        CPPUNIT_ASSERT(buckets.take("a", 1, 2, now + std::chrono::seconds(1)));
        CPPUNIT_ASSERT(!buckets.take("a", 1, 2, now + std::chrono::seconds(1)));
        ThrottleStage stage;
        Call call;
        call.exchange->consumer = call.reader;
        call.settings->config.throttle = {0.001, 1, 0};
        CPPUNIT_ASSERT(!call.header(stage));
        CPPUNIT_ASSERT(call.header(stage)->code.side == soap::FaultCode::Side::receiver);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AccessTest);
