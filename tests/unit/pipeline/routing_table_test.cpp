#include "gateway/pipeline/routing_table.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "gateway/calls/contract_pages.hpp"

using namespace hutong;
using namespace hutong::gateway;

namespace {

const std::string wsdl_text =
    "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' xmlns:s='http://schemas.xmlsoap.org/wsdl/soap/' "
    "xmlns:t='urn:demo' "
    "xmlns:x='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:demo' name='Demo'><types><x:schema "
    "targetNamespace='urn:demo'>"
    "<x:element name='Get' type='x:string'/><x:element name='GetResponse' "
    "type='x:string'/></x:schema></types>"
    "<message name='In'><part name='p' element='t:Get'/></message><message name='Out'><part name='p' "
    "element='t:GetResponse'/></message>"
    "<portType name='Echo'><operation name='Get'><input message='t:In'/><output "
    "message='t:Out'/></operation></portType>"
    "<binding name='B' type='t:Echo'><s:binding transport='http://schemas.xmlsoap.org/soap/http'/><operation "
    "name='Get'>"
    "<s:operation soapAction='urn:demo:Get'/><input><s:body use='literal'/></input><output><s:body "
    "use='literal'/></output></operation>"
    "</binding><service name='Demo'><port name='P' binding='t:B'><s:address "
    "location='http://127.0.0.1:9/echo'/></port></service></definitions>";

registry::Catalogue catalogue() {
    registry::Catalogue result;
    result.generation = 7;
    result.contracts["c1"] = std::make_shared<registry::Contract>(
        registry::Contract{"c1", {{{"demo.wsdl", wsdl_text}}, "demo.wsdl"}});
    registry::Service service;
    service.org = "demo";
    service.name = "echo";
    service.contract = "c1";
    service.endpoints = {"http://127.0.0.1:9/echo"};
    result.services.push_back(service);
    service.name = "gone";
    service.status = registry::ServiceStatus::offline;
    result.services.push_back(service);
    service.name = "broken";
    service.status = registry::ServiceStatus::online;
    service.contract = "missing";
    result.services.push_back(service);
    result.consumers.push_back({"reader", "demo", std::nullopt, {"t1", "t2"}});
    result.grants = {{"reader", "demo/echo", "Get"}, {"writer", "demo/echo", ""}};
    return result;
}

}  // namespace

class RoutingTableTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RoutingTableTest);
    CPPUNIT_TEST(routes_by_first_child_of_body);
    CPPUNIT_TEST(one_bad_service_does_not_take_the_others_along);
    CPPUNIT_TEST(health_and_contracts_outlive_a_snapshot);
    CPPUNIT_TEST(grants);
    CPPUNIT_TEST(serves_the_contract);
    CPPUNIT_TEST_SUITE_END();

    static std::shared_ptr<const RoutingTable> table(const RoutingTable* previous = nullptr) {
        auto made = make_routing_table(catalogue(), {"https://gw.example", registry::JournalLevel::full, {}},
                                       previous);
        CPPUNIT_ASSERT_MESSAGE(made.has_error() ? made.error().detail : "", made.has_value());
        return *made;
    }

    void routes_by_first_child_of_body() {
        const auto route = table()->services.at("demo/echo");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, route->soap11.size());
        const auto found = route->soap11.find({"urn:demo", "Get"});
        CPPUNIT_ASSERT(found != route->soap11.end());
        CPPUNIT_ASSERT_EQUAL(std::string("urn:demo:Get"), found->second.operation->soap_action);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:demo:Echo:GetRequest"), found->second.default_action);
        CPPUNIT_ASSERT(route->soap12.empty());
        CPPUNIT_ASSERT(route->journal == registry::JournalLevel::full);
        CPPUNIT_ASSERT(route->contract->schemas != nullptr);
    }

    void one_bad_service_does_not_take_the_others_along() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, table()->services.size());
    }

    void health_and_contracts_outlive_a_snapshot() {
        const auto first = table();
        const auto second = table(first.get());
        CPPUNIT_ASSERT(first->services.at("demo/echo")->endpoints[0] ==
                       second->services.at("demo/echo")->endpoints[0]);
        CPPUNIT_ASSERT(first->services.at("demo/echo")->contract ==
                       second->services.at("demo/echo")->contract);
    }

    void grants() {
        const auto t = table();
        CPPUNIT_ASSERT(t->consumers.at("t2") == t->consumers.at("t1"));
        CPPUNIT_ASSERT(t->granted("reader", "demo/echo", "Get") && !t->granted("reader", "demo/echo", "Put"));
        CPPUNIT_ASSERT(t->granted("writer", "demo/echo", "Anything") && !t->granted("nobody", "demo/echo"));
    }

    void serves_the_contract() {
        const auto t = table();
        const auto page = contract_page(t.get(), "demo/echo", "WSDL");
        CPPUNIT_ASSERT_EQUAL(200u, page.status);
        CPPUNIT_ASSERT(page.body[0].text.find("https://gw.example/services/demo/echo") != std::string::npos);
        CPPUNIT_ASSERT(page.body[0].text.find("127.0.0.1:9") == std::string::npos);
        CPPUNIT_ASSERT_EQUAL(404u, contract_page(t.get(), "demo/echo", "xsd=..%2Fetc").status);
        CPPUNIT_ASSERT_EQUAL(404u, contract_page(t.get(), "demo/gone", "wsdl").status);
        CPPUNIT_ASSERT_EQUAL(200u, contract_page(t.get(), "demo/echo", "").status);
        CPPUNIT_ASSERT_EQUAL(503u, contract_page(nullptr, "demo/echo", "wsdl").status);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RoutingTableTest);
