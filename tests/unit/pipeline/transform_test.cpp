// transform and validate: what the backend gets, and what the caller is owed.
#include "gateway/stages/transform.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/validate.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

namespace {

const std::string with_headers =
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header><x:Security "
    "xmlns:x='urn:sec'>…</x:Security>"
    "<h:Consumer xmlns:h='urn:hutong:gateway:1'>king</h:Consumer><a:MessageID "
    "xmlns:a='http://www.w3.org/2005/08/addressing'>urn:7"
    "</a:MessageID></s:Header><s:Body><Get xmlns='urn:demo'/></s:Body></s:Envelope>";

}  // namespace

class TransformTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TransformTest);
    CPPUNIT_TEST(cuts_security_and_forged_identity);
    CPPUNIT_TEST(unchanged_keeps_the_security_header);
    CPPUNIT_TEST(what_cannot_be_re_signed_does_not_go_on);
    CPPUNIT_TEST(faults_carry_relates_to);
    CPPUNIT_TEST(validates_by_the_contract);
    CPPUNIT_TEST_SUITE_END();

    asio::thread_pool heavy_{1};

    static std::unique_ptr<Call> claimed() {
        auto call = std::make_unique<Call>();
        call->soap11(with_headers);
        call->read();
        call->exchange->claims.emplace();
        call->exchange->claims->security_headers = {call->exchange->message.layout.blocks[0].range};
        return call;
    }

    void cuts_security_and_forged_identity() {
        TransformStage stage(heavy_);
        const auto call = claimed();
        CPPUNIT_ASSERT(!call->down(stage));
        const std::string root = call->sent();
        CPPUNIT_ASSERT(root.find("Security") == std::string::npos && root.find("king") == std::string::npos);
        CPPUNIT_ASSERT(root.find("urn:7") != std::string::npos);
        CPPUNIT_ASSERT(call->exchange->message.changed());
    }

    void unchanged_keeps_the_security_header() {
        TransformStage stage(heavy_);
        const auto call = claimed();
        call->route->service.forward = registry::Forward::unchanged;
        CPPUNIT_ASSERT(!call->down(stage));
        CPPUNIT_ASSERT(call->sent().find("Security") != std::string::npos);
        CPPUNIT_ASSERT(call->sent().find("king") == std::string::npos);
    }

    void what_cannot_be_re_signed_does_not_go_on() {
        // A key without a certificate stands for any failure of signing.
        struct Bare final : security::SigningKey {
            security::KeyKind kind() const override { return security::KeyKind::p256; }
            const std::vector<Bytes>& certificates() const override { return none; }
            Result<Bytes> sign(ByteView) const override { return unavailable("no"); }
            std::vector<Bytes> none;
        };
        TransformStage stage(heavy_);
        const auto call = claimed();
        call->route->service.forward = registry::Forward::re_signed;
        call->settings->keys.p256 = std::make_shared<Bare>();
        call->exchange->consumer = call->reader;
        call->exchange->operation = call->route->soap11.begin()->second.operation;
        const auto refusal = call->down(stage);
        CPPUNIT_ASSERT(refusal && refusal->code.side == soap::FaultCode::Side::receiver);
    }

    void faults_carry_relates_to() {
        TransformStage stage(heavy_);
        const auto call = claimed();
        refuse::answer_with(*call->exchange, refuse::sender("no"));
        CPPUNIT_ASSERT(!call->up(stage));
        const auto layout = soap::scan(call->reply(), {});
        CPPUNIT_ASSERT_EQUAL(std::string("urn:7"), layout->block(soap::ns_wsa, "RelatesTo")->text);
        CPPUNIT_ASSERT_EQUAL(std::string("http://www.w3.org/2005/08/addressing/fault"),
                             layout->block(soap::ns_wsa, "Action")->text);
        Call silent;
        silent.read();
        refuse::answer_with(*silent.exchange, refuse::sender("no"));
        CPPUNIT_ASSERT(!silent.up(stage));
        CPPUNIT_ASSERT(soap::scan(silent.reply(), {})->blocks.empty());
    }

    void validates_by_the_contract() {
        ValidateStage stage;
        auto schemas = xml::SchemaSet::compile(
            {{"d.xsd",
              "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:demo'>"
              "<xs:element name='Get'><xs:simpleType><xs:restriction base='xs:string'><xs:maxLength "
              "value='2'/>"
              "</xs:restriction></xs:simpleType></xs:element></xs:schema>"}},
            "d.xsd");
        CPPUNIT_ASSERT(schemas.has_value());
        Call call;
        call.contract->schemas = std::make_unique<const xml::SchemaSet>(std::move(*schemas));
        const auto refusal_of = [&](const std::string& text) {
            std::string message = test::get_message;
            message.replace(message.find("企业"), std::string("企业").size(), text);
            call.soap11(message);
            call.exchange->schemas = nullptr;
            call.exchange->operation = call.route->soap11.begin()->second.operation;
            std::vector<std::unique_ptr<Stage>> asked;
            asked.push_back(std::make_unique<ValidateStage>());
            call.tell(std::move(asked));
            call.read();
            return call.down(stage);
        };
        CPPUNIT_ASSERT(!refusal_of("企业"));
        CPPUNIT_ASSERT(refusal_of("企业家")->public_reason.find("does not fit the contract") !=
                       std::string::npos);
        CPPUNIT_ASSERT(refusal_of(std::string(100000, 'x')));  // by way of the pool
        CPPUNIT_ASSERT(refusal_of("a</Get><Get xmlns='urn:demo'>b"));
        call.route->service.validate = false;
        CPPUNIT_ASSERT(!refusal_of("企业家"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TransformTest);
