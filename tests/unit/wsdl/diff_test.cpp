// What breaks between two contracts: operations, messages, bindings, and how much is compared.
#include "diff_contracts.hpp"

namespace hutong::wsdl::test {
namespace {

class DiffTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DiffTest);
    CPPUNIT_TEST(the_same_contract_has_no_changes);
    CPPUNIT_TEST(how_it_is_written_does_not_count);
    CPPUNIT_TEST(operations_come_and_go);
    CPPUNIT_TEST(each_binding_is_compared);
    CPPUNIT_TEST(wide_contracts_are_compared);
    CPPUNIT_TEST(messages_and_bindings);
    CPPUNIT_TEST(parts_of_rpc_messages);
    CPPUNIT_TEST(header_blocks_and_faults);
    CPPUNIT_TEST(endless_contracts_come_to_an_end);
    CPPUNIT_TEST(real_contracts_are_themselves);
    CPPUNIT_TEST_SUITE_END();

  public:
    void the_same_contract_has_no_changes() {
        expect(bundle(office), {});
        CPPUNIT_ASSERT(changes_between(bundle_of("<a/>"), bundle(office)).has_error());
        CPPUNIT_ASSERT(changes_between(bundle(office), bundle_of("<a/>")).has_error());
    }

    // Prefixes, names of messages and types, an anonymous type given a name, a group for what stood there.
    void how_it_is_written_does_not_count() {
        std::string other = with(office, "xmlns:t=", "xmlns:other=");
        other = with(with(other, "\"t:", "\"other:"), "name=\"Person\"", "name=\"Natural\"");
        other = with(with(other, "other:Person", "other:Natural"), "RegisterIn\"", "RegisterRequest\"");
        other = with(other,
                     R"(<xs:element name="RegisterResponse"><xs:complexType><xs:sequence>
        <xs:element name="number" type="other:Number"/><xs:element name="until" type="xs:date"/>
        <xs:element name="state" type="other:State"/></xs:sequence></xs:complexType></xs:element>)",
                     R"(<xs:element name="RegisterResponse" type="other:Registered"/>
      <xs:group name="End"><xs:sequence><xs:element name="until" type="xs:date"/>
        <xs:element name="state" type="other:State"/></xs:sequence></xs:group>
      <xs:complexType name="Registered"><xs:sequence><xs:element name="number" type="other:Number"/>
        <xs:group ref="other:End"/></xs:sequence></xs:complexType>)");
        expect(bundle(other), {});
    }

    void operations_come_and_go() {
        std::string other = with(office, "<wsdl:operation name=\"Find\">", "<wsdl:operation name=\"Seek\">");
        expect(bundle(other), {"both Find: operation removed", "no Seek: new operation"});
    }

    // What SOAP 1.2 says of an operation counts beside what SOAP 1.1 does.
    void each_binding_is_compared() {
        const std::size_t begin = office.find("  <wsdl:binding"), end = office.find("  <wsdl:service");
        std::string second = office.substr(begin, end - begin);
        second = with(with(second, "soap:", "soap12:"), "name=\"OfficeBinding\"", "name=\"Second\"");
        const auto contract = [&](const std::string& binding) {
            return bundle(with(with(office, "xmlns:xs=",
                                    "xmlns:soap12=\"http://schemas.xmlsoap.org/wsdl/soap12/\" xmlns:xs="),
                               "  <wsdl:service", binding + "  <wsdl:service"));
        };
        expect_between(contract(second), contract(second), {});
        expect_between(
            contract(second),
            contract(with(second, "<wsdl:operation name=\"Find\"><soap12:operation soapAction=\"\"/>",
                          "<wsdl:operation name=\"Find\"><soap12:operation soapAction=\"urn:f\"/>")),
            {"request Find: SOAPAction was \"\" and is \"urn:f\""});
        const std::size_t find = second.find("    <wsdl:operation name=\"Find\"");
        const std::string less = second.substr(0, find) + second.substr(second.find("  </wsdl:binding>"));
        expect_between(contract(second), contract(less), {"both Find: operation removed from SOAP 1.2"});
        expect_between(contract(less), contract(second), {"no Find: new operation in SOAP 1.2"});
    }

    // As many elements as a contract may have: what grows with their square does not end here.
    void wide_contracts_are_compared() {
        std::string content;
        for (int i = 0; i < 30'000; ++i)
            content += "<xs:element name=\"e" + std::to_string(i) + "\" type=\"xs:int\"/>";
        const std::string state = R"(<xs:element name="state" type="t:State"/>)";
        const auto wide = [&](const std::string& last) {
            return bundle(with(office, state, content + last));
        };
        expect_between(wide(state), wide(""),
                       {"answer Register answer /RegisterResponse/state: element removed"});
    }

    void messages_and_bindings() {
        expect(bundle(with(office, "element=\"t:Find\"", "element=\"t:Register\"")),
               {"request Find request: the element was {urn:office}Find and is {urn:office}Register"});
        expect(bundle(with(office, "name=\"Find\"><soap:operation soapAction=\"\"/>",
                           "name=\"Find\"><soap:operation soapAction=\"urn:find\"/>")),
               {"request Find: SOAPAction was \"\" and is \"urn:find\""});
        expect(bundle(with(office, "http://schemas.xmlsoap.org/wsdl/soap/",
                           "http://schemas.xmlsoap.org/wsdl/soap12/")),
               {"both binding: SOAP 1.1 is not spoken any more", "no binding: SOAP 1.2 is spoken too"});
        // Elements in no namespace are others.
        expect(bundle(with(office, " elementFormDefault=\"qualified\"", "")), {}, true);
    }

    void parts_of_rpc_messages() {
        const Bundle before = bundle_of(test::rpc_wsdl);
        const auto other = [&](const std::string& from, const std::string& to) {
            return bundle_of(with(test::rpc_wsdl, from, to));
        };
        const std::string b = "<part name=\"b\" type=\"xs:int\"/>";
        expect_between(before, other(b, ""), {"request Add request /b: part removed"});
        expect_between(before, other(b, b + "<part name=\"c\" type=\"xs:int\"/>"),
                       {"request Add request /c: new part"});
        expect_between(before, other("name=\"sum\" type=\"xs:int\"", "name=\"sum\" type=\"xs:long\""),
                       {"answer Add answer /sum: the type was xs:int and is xs:long"});
        expect_between(before, other("urn:calc:body", "urn:calc:two"),
                       {"answer Add answer: the element was {urn:calc:body}AddResponse and is "
                        "{urn:calc:two}AddResponse",
                        "request Add request: the element was {urn:calc:body}Add and is {urn:calc:two}Add"});
        expect_between(before, other("style=\"rpc\"", "style=\"document\""), {}, true);
    }

    void header_blocks_and_faults() {
        const Bundle before = bundle_of(test::good_wsdl);
        const std::string header = R"(<soap:header message="tns:Headers" part="token" use="literal"/>)";
        const Bundle without = bundle_of(with(test::good_wsdl, header, ""));
        expect_between(before, without, {"no Find request header /Token: header block removed"});
        expect_between(without, before, {"request Find request header /Token: new header block"});
        expect_between(before,
                       bundle_of(with(test::good_wsdl, "name=\"Token\" type=\"xs:string\"",
                                      "name=\"Token\" type=\"xs:int\"")),
                       {"request Find request header /Token: the type was xs:string and is xs:int"});
        expect_between(before,
                       bundle_of(with(test::good_wsdl, "name=\"Refused\" type=\"xs:string\"",
                                      "name=\"Refused\" type=\"xs:anyURI\"")),
                       {"no Find fault refused /Refused: the type was xs:string and is xs:anyURI"});
    }

    // Groups that hold each other twice over, and types that are derived from themselves.
    void endless_contracts_come_to_an_end() {
        std::string groups;
        for (int i = 0; i < 40; ++i)
            groups += "<xs:group name=\"g" + std::to_string(i) + "\"><xs:sequence><xs:group ref=\"t:g" +
                      std::to_string(i + 1) + "\"/><xs:group ref=\"t:g" + std::to_string(i + 1) +
                      "\"/></xs:sequence></xs:group>";
        groups +=
            "<xs:group name=\"g40\"><xs:sequence><xs:element name=\"x\"/></xs:sequence></xs:group>"
            "<xs:complexType name=\"Self\"><xs:complexContent><xs:extension base=\"t:Self\"/>"
            "</xs:complexContent></xs:complexType>";
        const std::string find = R"(<xs:element name="Find" type="xs:string"/>)";
        for (const char* content : {"<xs:complexType><xs:group ref=\"t:g0\"/></xs:complexType>",
                                    "<xs:complexType><xs:complexContent><xs:extension base=\"t:Self\"/>"
                                    "</xs:complexContent></xs:complexType>"}) {
            const Bundle endless =
                bundle(with(office, find, groups + "<xs:element name=\"Find\">" + content + "</xs:element>"));
            const auto changes = changes_between(endless, endless).value();
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, changes.size());
            CPPUNIT_ASSERT(changes[0].what.find("too large") != std::string::npos && breaks_any(changes));
        }
    }

    void real_contracts_are_themselves() {
        for (const char* name : {"company", "local-tax", "org-code", "state-tax"}) {
            const std::string file =
                std::string(HUTONG_SOURCE_DIR) + "/wsdl/contracts/agencies/" + name + ".wsdl";
            const Bundle contract = load_bundle(file).value();
            CPPUNIT_ASSERT_MESSAGE(name, changes_between(contract, contract).value().empty());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DiffTest);

}  // namespace
}  // namespace hutong::wsdl::test
