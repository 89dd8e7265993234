// How answers are signed where the service's policy says more than that they are.
#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/sign_reply.hpp"
#include "gateway/stages/transform.hpp"
#include "security/inbound/verifier.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

using namespace hutong;
using namespace hutong::gateway;
using hutong::gateway::test::Call;
using security::KeyKind;
namespace names = security::names;

namespace {

std::shared_ptr<const security::SigningKey> made(const std::string& name, const std::string& key) {
    return std::make_shared<const hutong::test::Identity>(hutong::test::signer_recipe(name, key));
}
const std::string asking =
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><a:MessageID "
    "xmlns:a='http://www.w3.org/2005/08/addressing'>urn:7&lt;'&amp;</a:MessageID></s:Header><s:Body><Get "
    "xmlns='urn:demo'/></s:Body></s:Envelope>";

}  // namespace

class AnswersTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AnswersTest);
    CPPUNIT_TEST(policy_says_by_which_key_known_callers_are_answered);
    CPPUNIT_TEST(a_node_without_that_key_refuses_before_anybody_acts);
    CPPUNIT_TEST(headers_that_the_gateway_adds_are_signed_too);
    CPPUNIT_TEST_SUITE_END();

    asio::thread_pool heavy_{1};

    static std::unique_ptr<Call> call() {
        static const auto rsa = made("gateway-rsa", "RSA:2048");
        static const auto p256 = made("gateway", "EC:P-256");
        auto call = std::make_unique<Call>();
        call->settings->keys.rsa = rsa;
        call->settings->keys.p256 = p256;
        call->soap11(asking);
        call->read();
        return call;
    }
    static void answer_by(Call& call, std::string_view uri) {
        call.route->service.security.response.signature_algorithm = std::string(uri);
    }

    void policy_says_by_which_key_known_callers_are_answered() {
        const auto one = call();
        Exchange& exchange = *one->exchange;
        exchange.claims.emplace();
        exchange.claims->key_kind = KeyKind::rsa;
        answer_by(*one, names::ecdsa_sha256);
        // Of a stranger nothing is asked that costs more than P-256 does.
        answer_by(*one, names::rsa_sha256);
        CPPUNIT_ASSERT(exchange.answer_key() == KeyKind::p256);
        exchange.consumer = one->reader;
        exchange.claims->key_kind = KeyKind::p256;
        CPPUNIT_ASSERT(exchange.answer_key() == KeyKind::rsa);
        one->reader->answer_key = "p256";
        CPPUNIT_ASSERT(exchange.answer_key() == KeyKind::rsa);
        answer_by(*one, {});
        CPPUNIT_ASSERT(exchange.answer_key() == KeyKind::p256);
        one->reader->answer_key = "rsa";
        answer_by(*one, names::ecdsa_sha256);
        CPPUNIT_ASSERT(exchange.answer_key() == KeyKind::p256);
        answer_by(*one, names::sm2_sm3);
        CPPUNIT_ASSERT(exchange.answer_key() == KeyKind::sm2);
    }

    void a_node_without_that_key_refuses_before_anybody_acts() {
        SignStage stage;
        const auto one = call();
        one->exchange->consumer = one->reader;
        answer_by(*one, names::rsa_sha256);
        CPPUNIT_ASSERT(!one->down(stage));
        answer_by(*one, names::sm2_sm3);
        const auto refusal = one->down(stage);
        CPPUNIT_ASSERT(refusal && refusal->code.side == soap::FaultCode::Side::receiver);
        CPPUNIT_ASSERT_MESSAGE(refusal->cause,
                               refusal->cause.find("wants a key of the kind sm2") != std::string::npos);
        one->settings->keys.sm2 = made("gateway-sm2", "SM2:");
        CPPUNIT_ASSERT(!one->down(stage));
    }

    void headers_that_the_gateway_adds_are_signed_too() {
        TransformStage transform(heavy_);
        SignStage sign;
        for (const bool wanted : {true, false}) {
            const auto one = call();
            one->exchange->consumer = one->reader;
            one->route->service.security.response.sign_addressing = wanted;
            refuse::answer_with(*one->exchange, refuse::sender("no"));
            CPPUNIT_ASSERT(!one->up(transform));
            CPPUNIT_ASSERT(!one->up(sign));
            const std::string text = one->reply();
            const auto layout = soap::scan(text, {});
            CPPUNIT_ASSERT_MESSAGE(text,
                                   layout.has_value() && layout->block(soap::ns_wsa, "RelatesTo") != nullptr);
            CPPUNIT_ASSERT_EQUAL(std::string("urn:7<'&"), layout->block(soap::ns_wsa, "RelatesTo")->text);
            const config::Security options;
            const auto verdict =
                security::make_dom_verifier(options, {})
                    ->verify({text, &*layout, {}, system_clock().now() + std::chrono::seconds(1)});
            CPPUNIT_ASSERT_MESSAGE(verdict.has_error() ? verdict.error().reason + text : "",
                                   verdict.has_value());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{wanted ? 3u : 0u}, verdict->signed_headers.size());
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AnswersTest);
