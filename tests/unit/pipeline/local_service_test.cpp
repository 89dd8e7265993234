// A call that this program answers itself: found by its endpoint, answered in dispatch, journaled with care.
#include "gateway/pipeline/local_service.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "fixture.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/services/security_operations.hpp"
#include "gateway/services/security_service.hpp"
#include "gateway/stages/dispatch.hpp"
#include "wsdl/reader.hpp"

using namespace hutong;
using namespace hutong::gateway;
using test::Call;

namespace {

// Says back what it was asked, and keeps Put a secret.
class Clerk final : public LocalService {
  public:
    Awaitable<std::optional<Refusal>> answer(Exchange& exchange) override {
        if (refuses) {
            Refusal refusal = refuse::sender("Not today.", "the clerk is out");
            refusal.detail = "<c:Closed xmlns:c=\"urn:clerk\"/>";
            co_return refusal;
        }
        exchange.reply.message.content_type = "text/xml; charset=utf-8";
        exchange.reply.message.body =
            http::Payload(exchange.message.text({0, exchange.message.envelope_size()}).value());
        co_return std::nullopt;
    }
    bool confidential(std::string_view operation) const override { return operation == "Put"; }

    bool refuses{false};
};

http::Client& no_client(const asio::any_io_executor&) {
    throw std::logic_error("a local service needs no client");
}

}  // namespace

class LocalServiceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LocalServiceTest);
    CPPUNIT_TEST(answers_in_place_of_a_backend);
    CPPUNIT_TEST(its_refusals_are_faults_with_its_own_detail);
    CPPUNIT_TEST(confidential_operations_are_kept_as_metadata_at_most);
    CPPUNIT_TEST(an_endpoint_that_names_no_service_of_ours_is_left_out);
    CPPUNIT_TEST(the_contract_and_the_operations_are_the_same);
    CPPUNIT_TEST(a_key_is_there_for_those_it_is_granted_to);
    CPPUNIT_TEST_SUITE_END();

    Clerk clerk_;
    asio::thread_pool heavy_{1};

    void prepare(Call& call) {
        call.route->service.endpoints = {"internal:clerk"};
        call.route->local = &clerk_;
        call.plain();  // what is signed is for the integration tests, which have keys
        call.read();
        call.exchange->consumer = call.reader;
        call.exchange->operation = &call.contract->description.bindings[0].operations[0];
    }

  public:
    void answers_in_place_of_a_backend() {
        Call call;
        prepare(call);
        DispatchStage stage(no_client, heavy_);
        CPPUNIT_ASSERT(!call.down(stage));
        CPPUNIT_ASSERT_EQUAL(test::get_message, call.reply());
        CPPUNIT_ASSERT(call.exchange->dispatched);
        CPPUNIT_ASSERT_EQUAL(std::string("internal:clerk"), call.exchange->endpoint);
    }

    void its_refusals_are_faults_with_its_own_detail() {
        Call call;
        prepare(call);
        clerk_.refuses = true;
        DispatchStage stage(no_client, heavy_);
        const auto refusal = call.down(stage);
        CPPUNIT_ASSERT(refusal.has_value());
        refuse::answer_with(*call.exchange, *refusal);
        CPPUNIT_ASSERT(call.reply().find("<detail><c:Closed xmlns:c=\"urn:clerk\"/><ht:incident") !=
                       std::string::npos);
        CPPUNIT_ASSERT(call.reply().find("the clerk is out") == std::string::npos);
    }

    void confidential_operations_are_kept_as_metadata_at_most() {
        using registry::JournalLevel;
        Call call;
        prepare(call);
        for (const auto& [level, of_put] : {std::pair{JournalLevel::full, JournalLevel::metadata},
                                            std::pair{JournalLevel::evidence, JournalLevel::metadata},
                                            std::pair{JournalLevel::metadata, JournalLevel::metadata},
                                            std::pair{JournalLevel::none, JournalLevel::none}}) {
            call.route->journal = level;
            call.exchange->operation = &call.contract->description.bindings[0].operations[0];
            CPPUNIT_ASSERT(call.exchange->journal_level() == level);
            call.exchange->operation = &call.contract->description.bindings[0].operations[1];
            CPPUNIT_ASSERT(call.exchange->journal_level() == of_put);
        }
    }

    void an_endpoint_that_names_no_service_of_ours_is_left_out() {
        registry::Catalogue catalogue;
        registry::Service service;
        service.org = "platform";
        service.contract = "c";
        catalogue.contracts["c"] =
            std::make_shared<registry::Contract>(registry::Contract{"c", security_contract()});
        for (const char* name : {"clerk", "nobody"}) {
            service.name = name;
            service.endpoints = {"internal:" + std::string(name)};
            catalogue.services.push_back(service);
        }
        TableOptions options;
        options.public_url = "https://gw.example";
        options.local.emplace("clerk", &clerk_);
        const auto table = make_routing_table(catalogue, options, nullptr).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t(1), table->services.size());
        CPPUNIT_ASSERT(table->services.at("platform/clerk")->local == &clerk_);
    }

    void the_contract_and_the_operations_are_the_same() {
        const auto description = wsdl::read(security_contract(), {}).value();
        for (const wsdl::Finding& finding : description.findings)
            CPPUNIT_FAIL(finding.place.text() + ": " + finding.text);
        CPPUNIT_ASSERT(wsdl::compile_schemas(security_contract()).has_value());
        CPPUNIT_ASSERT_EQUAL(std::size_t(2), description.bindings.size());
        for (const wsdl::Binding& binding : description.bindings) {
            CPPUNIT_ASSERT_EQUAL(security_service::operations().size(), binding.operations.size());
            for (const wsdl::Operation& operation : binding.operations)
                CPPUNIT_ASSERT(security_service::find_operation(operation.name) != nullptr);
        }
    }

    void a_key_is_there_for_those_it_is_granted_to() {
        const registry::ServiceKey key{
            "seal", "gs", "file:no-such.key", "rsa", registry::KeyPurpose::sign, "no PEM", {"gs", "ds"}};
        const auto keys = ServiceKeys::load(Home{"/nonexistent"}, {}, {key}, nullptr);
        CPPUNIT_ASSERT(keys->find("seal", "gs") != nullptr && keys->find("seal", "ds") != nullptr);
        CPPUNIT_ASSERT(keys->find("seal", "zj") == nullptr && keys->find("box", "gs") == nullptr);
        // What this node cannot open is there and says why.
        CPPUNIT_ASSERT(keys->find("seal", "gs")->signing == nullptr);
        CPPUNIT_ASSERT(!keys->find("seal", "gs")->problem.empty());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(LocalServiceTest);
