// What publishing changes, and that it changes nothing else.
#include "wsdl/publish/publisher.hpp"

#include "contracts.hpp"

namespace hutong::wsdl::test {

class PublisherTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PublisherTest);
    CPPUNIT_TEST(only_the_address_changes);
    CPPUNIT_TEST(all_kinds_of_address);
    CPPUNIT_TEST(missing_address_is_added);
    CPPUNIT_TEST(locations_in_the_bundle_only);
    CPPUNIT_TEST(service_is_added_for_a_soap_binding);
    CPPUNIT_TEST(other_encodings_become_utf8);
    CPPUNIT_TEST(published_form_describes_the_same);
    CPPUNIT_TEST(address_is_escaped);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* address = "https://gw.example/services/gs/company";

    static std::map<std::string, std::string> published(const Bundle& bundle,
                                                        const std::string& to = address) {
        auto documents = publish(bundle, described(bundle), {to});
        CPPUNIT_ASSERT_MESSAGE(documents ? "" : documents.error().detail, documents.has_value());
        return std::move(*documents);
    }

  public:
    void only_the_address_changes() {
        const auto documents = published(bundle_of(good_wsdl));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, documents.size());
        CPPUNIT_ASSERT_EQUAL(with(good_wsdl, "http://backend.example/company", address),
                             documents.at("wsdl"));
    }

    void all_kinds_of_address() {
        const std::string more = with(
            good_wsdl, "</wsdl:service>",
            "<wsdl:port name=\"a\" binding=\"tns:CompanyBinding\"><s:address "
            "xmlns:s=\"http://schemas.xmlsoap.org/wsdl/soap12/\" "
            "location='http://backend.example/company'/><w:EndpointReference "
            "xmlns:w=\"http://www.w3.org/2005/08/addressing\"><w:Address>"
            "http://backend.example/company</w:Address></w:EndpointReference></wsdl:port><wsdl:port "
            "name=\"b\" "
            "binding=\"tns:CompanyBinding\"><h:address xmlns:h=\"http://schemas.xmlsoap.org/wsdl/http/\" "
            "location=\"http://backend.example/company\"/></wsdl:port></wsdl:service>");
        CPPUNIT_ASSERT_EQUAL(with(more, "http://backend.example/company", address),
                             published(bundle_of(more)).at("wsdl"));
        // An endpoint reference in a policy names a token issuer, not this service.
        const std::string issuer =
            "<p:Policy xmlns:p=\"http://www.w3.org/ns/ws-policy\"><w:EndpointReference "
            "xmlns:w=\"http://www.w3.org/2005/08/addressing\">"
            "<w:Address>http://sts.example/</w:Address></w:EndpointReference></p:Policy>";
        const std::string text =
            published(bundle_of(with(good_wsdl, "<wsdl:types>", issuer + "<wsdl:types>"))).at("wsdl");
        CPPUNIT_ASSERT(text.find(issuer) != std::string::npos);
    }

    void missing_address_is_added() {
        const std::string silent =
            with(good_wsdl, "<soap:address location=\"http://backend.example/company\"/>", "");
        const Description description = described(bundle_of(published(bundle_of(silent)).at("wsdl")));
        CPPUNIT_ASSERT_EQUAL(std::string(address), description.services[0].ports[0].address);
        const std::string no_location = with(good_wsdl, " location=\"http://backend.example/company\"", "");
        const Description again = described(bundle_of(published(bundle_of(no_location)).at("wsdl")));
        CPPUNIT_ASSERT_EQUAL(std::string(address), again.services[0].ports[0].address);
        const std::string empty_port = with(silent, ">\n      \n    </wsdl:port>", "/>");
        const Description third = described(bundle_of(published(bundle_of(empty_port)).at("wsdl")));
        CPPUNIT_ASSERT_EQUAL(std::string(address), third.services[0].ports[0].address);
    }

    void locations_in_the_bundle_only() {
        const std::string text = with(
            good_wsdl,
            "<wsdl:types>\n    <xs:schema targetNamespace=\"urn:company\" elementFormDefault=\"qualified\">",
            "<wsdl:import namespace=\"urn:part\" location=\"sub/part.wsdl\"/><wsdl:import "
            "namespace=\"urn:far\" "
            "location=\"http://far.example/far.wsdl\"/><wsdl:types>\n    <xs:schema "
            "targetNamespace=\"urn:company\" "
            "elementFormDefault=\"qualified\"><xs:include schemaLocation=\"数据 类型.xsd\"/><xs:import "
            "namespace=\"urn:gone\" "
            "schemaLocation=\"gone.xsd\"/>");
        const std::string schema =
            "<xs:schema targetNamespace=\"urn:company\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
            "<xs:redefine schemaLocation=\"sub/base.xsd\"/></xs:schema>";
        const std::string part =
            "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\" targetNamespace=\"urn:part\">"
            "<import namespace=\"urn:company\" location=\"../main.wsdl\"/></definitions>";
        const auto documents = published(
            bundle_of(text, {{"sub/part.wsdl", part},
                             {"数据 类型.xsd", schema},
                             {"sub/base.xsd", "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\"/>"},
                             {"unused.xsd", schema}}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, documents.size());
        const std::string& main_text = documents.at("wsdl");
        for (const char* expected : {"location=\"https://gw.example/services/gs/company?wsdl=sub/part.wsdl\"",
                                     "location=\"http://far.example/far.wsdl\"",
                                     "schemaLocation=\"https://gw.example/services/gs/"
                                     "company?xsd=%E6%95%B0%E6%8D%AE%20%E7%B1%BB%E5%9E%8B.xsd\"",
                                     "schemaLocation=\"gone.xsd\""})
            CPPUNIT_ASSERT_MESSAGE(std::string(expected) + " in " + main_text,
                                   main_text.find(expected) != std::string::npos);
        CPPUNIT_ASSERT(documents.at("wsdl=sub/part.wsdl")
                           .find("location=\"https://gw.example/services/gs/company?wsdl\"") !=
                       std::string::npos);
        CPPUNIT_ASSERT(
            documents.at("xsd=数据 类型.xsd")
                .find("schemaLocation=\"https://gw.example/services/gs/company?xsd=sub/base.xsd\"") !=
            std::string::npos);
        CPPUNIT_ASSERT(documents.contains("xsd=sub/base.xsd"));
    }

    void service_is_added_for_a_soap_binding() {
        std::string text = good_wsdl;
        const std::size_t begin = text.find("<wsdl:service");
        text.erase(begin, text.find("</wsdl:service>") + 15 - begin);
        const Description description = described(bundle_of(published(bundle_of(text)).at("wsdl")));
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(description));
        CPPUNIT_ASSERT_EQUAL(std::string("CompanyService"), description.services.at(0).name.local);
        CPPUNIT_ASSERT_EQUAL(std::string(address), description.services[0].ports.at(0).address);
        CPPUNIT_ASSERT(description.services[0].ports[0].binding == (QName{"urn:company", "CompanyBinding"}));
        // Without one there is nothing to add a service for.
        const std::string other =
            with(text, "transport=\"http://schemas.xmlsoap.org/soap/http\"", "transport=\"urn:jms\"");
        CPPUNIT_ASSERT(described(bundle_of(published(bundle_of(other)).at("wsdl"))).services.empty());
    }

    void other_encodings_become_utf8() {
        const std::string gbk =
            with(with(good_wsdl, "encoding=\"UTF-8\"", "encoding=\"GBK\""), "查询企业", "\xB2\xE9\xD1\xAF");
        const std::string expected =
            with(with(good_wsdl, "查询企业", "查询"), "http://backend.example/company", address);
        CPPUNIT_ASSERT_EQUAL(expected, published(bundle_of(gbk)).at("wsdl"));
        const std::string with_doctype =
            with(good_wsdl, "<wsdl:definitions name",
                 "<!DOCTYPE wsdl:definitions SYSTEM \"x.dtd\">\n<wsdl:definitions name");
        CPPUNIT_ASSERT(published(bundle_of(with_doctype)).at("wsdl").find("DOCTYPE") == std::string::npos);
    }

    void published_form_describes_the_same() {
        for (const std::string& text : {good_wsdl, rpc_wsdl}) {
            const Description original = described(bundle_of(text));
            const Description again = described(bundle_of(published(bundle_of(text)).at("wsdl")));
            CPPUNIT_ASSERT_EQUAL(std::string(), listed(again));
            const Operation& before = original.bindings.at(0).operations.at(0);
            const Operation& after = again.bindings.at(0).operations.at(0);
            CPPUNIT_ASSERT_EQUAL(before.name, after.name);
            CPPUNIT_ASSERT(before.input_element == after.input_element &&
                           before.output_element == after.output_element);
            CPPUNIT_ASSERT_EQUAL(before.place.line, after.place.line);
            // Publishing what is published changes nothing.
            CPPUNIT_ASSERT_EQUAL(published(bundle_of(text)).at("wsdl"),
                                 published(bundle_of(published(bundle_of(text)).at("wsdl"))).at("wsdl"));
        }
    }

    void address_is_escaped() {
        const std::string odd = "https://gw.example/a\"&<b";
        const Description description = described(bundle_of(published(bundle_of(good_wsdl), odd).at("wsdl")));
        CPPUNIT_ASSERT_EQUAL(odd, description.services[0].ports[0].address);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PublisherTest);

}  // namespace hutong::wsdl::test
