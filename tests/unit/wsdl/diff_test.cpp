// What breaks between two contracts: each case is a real pair, bent in one place.
#include "contracts.hpp"
#include "wsdl/diff/contract_diff.hpp"

namespace hutong::wsdl {
namespace {

using test::bundle_of;
using test::with;

// A registration office: one type used on both ways, an extension, a choice, a list, attributes, an import.
const std::string office = R"(<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Office" targetNamespace="urn:office" xmlns:t="urn:office"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>
    <xs:schema targetNamespace="urn:office" elementFormDefault="qualified">
      <xs:include schemaLocation="kinds.xsd"/>
      <xs:complexType name="Person"><xs:sequence>
        <xs:element name="name" type="xs:string"/>
        <xs:element name="born" type="xs:date" minOccurs="0"/>
        <xs:element name="child" type="t:Person" minOccurs="0" maxOccurs="3"/>
      </xs:sequence><xs:attribute name="source" type="xs:token"/></xs:complexType>
      <xs:complexType name="Company"><xs:complexContent><xs:extension base="t:Person"><xs:sequence>
        <xs:element name="kind" type="t:Kind"/>
        <xs:choice><xs:element name="phone" type="xs:string"/><xs:element name="mail" type="xs:string"/></xs:choice>
        <xs:element name="capital" type="t:Money"/>
      </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
      <xs:element name="Register"><xs:complexType><xs:sequence>
        <xs:element name="company" type="t:Company"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="RegisterResponse"><xs:complexType><xs:sequence>
        <xs:element name="number" type="t:Number"/><xs:element name="until" type="xs:date"/>
        <xs:element name="state" type="t:State"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="Find" type="xs:string"/>
      <xs:element name="FindResponse"><xs:complexType><xs:sequence>
        <xs:element name="company" type="t:Company" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="RegisterIn"><wsdl:part name="body" element="t:Register"/></wsdl:message>
  <wsdl:message name="RegisterOut"><wsdl:part name="body" element="t:RegisterResponse"/></wsdl:message>
  <wsdl:message name="FindIn"><wsdl:part name="body" element="t:Find"/></wsdl:message>
  <wsdl:message name="FindOut"><wsdl:part name="body" element="t:FindResponse"/></wsdl:message>
  <wsdl:portType name="OfficePort">
    <wsdl:operation name="Register">
      <wsdl:input message="t:RegisterIn"/><wsdl:output message="t:RegisterOut"/></wsdl:operation>
    <wsdl:operation name="Find">
      <wsdl:input message="t:FindIn"/><wsdl:output message="t:FindOut"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="OfficeBinding" type="t:OfficePort">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Register"><soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
    <wsdl:operation name="Find"><soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="OfficeService"><wsdl:port name="OfficePort" binding="t:OfficeBinding">
    <soap:address location="http://backend.example/office"/></wsdl:port></wsdl:service>
</wsdl:definitions>
)";

// A chameleon: it takes the namespace of whoever includes it.
const std::string kinds = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="Kind"><xs:restriction base="xs:string">
    <xs:enumeration value="company"/><xs:enumeration value="shop"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="State"><xs:restriction base="xs:token">
    <xs:enumeration value="new"/><xs:enumeration value="done"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Number"><xs:restriction base="xs:string">
    <xs:maxLength value="18"/><xs:pattern value="[0-9A-Z]+"/></xs:restriction></xs:simpleType>
  <xs:complexType name="Money"><xs:simpleContent><xs:extension base="xs:int">
    <xs:attribute name="currency" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
</xs:schema>
)";

Bundle bundle(const std::string& main, const std::string& included = kinds) {
    return bundle_of(main, {{"kinds.xsd", included}});
}

class DiffTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DiffTest);
    CPPUNIT_TEST(the_same_contract_has_no_changes);
    CPPUNIT_TEST(how_it_is_written_does_not_count);
    CPPUNIT_TEST(operations_come_and_go);
    CPPUNIT_TEST(elements_of_requests);
    CPPUNIT_TEST(elements_of_answers);
    CPPUNIT_TEST(a_type_of_both_ways_breaks_each_in_its_own);
    CPPUNIT_TEST(values_become_fewer_or_more);
    CPPUNIT_TEST(built_in_types_are_ordered);
    CPPUNIT_TEST(attributes_count_as_elements_do);
    CPPUNIT_TEST(order_and_choice);
    CPPUNIT_TEST(branches_of_a_choice_have_no_order);
    CPPUNIT_TEST(items_and_members_are_compared);
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

    void elements_of_requests() {
        const std::string name = R"(<xs:element name="name" type="xs:string"/>)";
        const std::string find = R"(<xs:element name="Find" type="xs:string"/>)";
        const auto inside = [&](const std::string& content) {
            return bundle(with(office, find,
                               "<xs:element name=\"Find\"><xs:complexType><xs:sequence>" + content +
                                   "</xs:sequence></xs:complexType></xs:element>"));
        };
        const Bundle before = inside(name);
        expect_between(before, inside(""), {"request Find request /Find/name: element removed"});
        expect_between(before, inside(name + R"(<xs:element name="year" type="xs:int"/>)"),
                       {"request Find request /Find/year: new mandatory element"});
        expect_between(before, inside(name + R"(<xs:element name="year" type="xs:int" minOccurs="0"/>)"),
                       {"no Find request /Find/year: new optional element"});
        const Bundle optional = inside(with(name, "/>", " minOccurs=\"0\" nillable=\"true\"/>"));
        expect_between(optional, before,
                       {"request Find request /Find/name: element made mandatory",
                        "request Find request /Find/name: must not be nil any more"});
        expect_between(before, optional,
                       {"no Find request /Find/name: element made optional",
                        "no Find request /Find/name: may be nil now"});
        const Bundle many = inside(with(name, "/>", " maxOccurs=\"unbounded\"/>"));
        expect_between(many, before,
                       {"request Find request /Find/name: may come once, not any number of times"});
        expect_between(before, many, {"no Find request /Find/name: may come any number of times, not once"});
        expect_between(before, bundle(office),
                       {"request Find request /Find: has text instead of content",
                        "request Find request /Find/name: element removed"});
    }

    void elements_of_answers() {
        const std::string until = R"(<xs:element name="until" type="xs:date"/>)";
        const auto answer = [&](const std::string& instead) { return bundle(with(office, until, instead)); };
        expect(answer(""), {"answer Register answer /RegisterResponse/until: element removed"});
        expect(answer(with(until, "/>", " minOccurs=\"0\"/>")),
               {"answer Register answer /RegisterResponse/until: element made optional"});
        expect_between(answer(with(until, "/>", " minOccurs=\"0\"/>")), bundle(office),
                       {"no Register answer /RegisterResponse/until: element made mandatory"});
        expect(answer(with(until, "/>", " maxOccurs=\"2\"/>")),
               {"answer Register answer /RegisterResponse/until: may come 2 times, not once"});
        expect(answer(with(until, "/>", " nillable=\"true\"/>")),
               {"answer Register answer /RegisterResponse/until: may be nil now"});
        expect(answer(until + R"(<xs:element name="fee" type="xs:int" minOccurs="0"/>)"),
               {"no Register answer /RegisterResponse/fee: new optional element"});
        expect(answer(until + R"(<xs:element name="fee" type="xs:int"/>)"),
               {"answer Register answer /RegisterResponse/fee: new mandatory element"});
        expect(answer(until + "<xs:any minOccurs=\"0\"/>"),
               {"answer Register answer /RegisterResponse: any further element is possible now"});
    }

    // The base type of an extension, which both messages hold, and which holds itself.
    void a_type_of_both_ways_breaks_each_in_its_own() {
        const std::string born = R"(<xs:element name="born" type="xs:date" minOccurs="0"/>)";
        expect(bundle(with(office, born, with(born, " minOccurs=\"0\"", ""))),
               {"no Find answer /FindResponse/company/born: element made mandatory",
                "no Find answer /FindResponse/company/child/born: element made mandatory",
                "request Register request /Register/company/born: element made mandatory",
                "request Register request /Register/company/child/born: element made mandatory"});
    }

    void values_become_fewer_or_more() {
        const std::string shop = "<xs:enumeration value=\"shop\"/>";
        expect(bundle(office, with(kinds, shop, "")),
               {"no Find answer /FindResponse/company/kind: values removed: shop",
                "request Register request /Register/company/kind: values removed: shop"});
        expect(bundle(office, with(kinds, "<xs:enumeration value=\"done\"/>",
                                   "<xs:enumeration value=\"done\"/><xs:enumeration value=\"lost\"/>")),
               {"answer Register answer /RegisterResponse/state: values added: lost"});
        const std::string number = "answer Register answer /RegisterResponse/number: ";
        expect(bundle(office, with(kinds, "\"18\"", "\"20\"")), {number + "maxLength was 18 and is 20"});
        expect(bundle(office, with(kinds, "\"18\"", "\"9\"")),
               {"no" + number.substr(6) + "maxLength was 18 and is 9"});
        expect(bundle(office, with(kinds, "[0-9A-Z]+", "[0-9]+")),
               {number + "pattern was [0-9A-Z]+ and is [0-9]+"});
        expect(bundle(office, with(kinds, "<xs:maxLength value=\"18\"/>", "")),
               {number + "maxLength 18 is gone"});
    }

    void built_in_types_are_ordered() {
        const std::string find = R"(<xs:element name="Find" type="xs:string"/>)";
        const auto type = [&](const char* name) {
            return bundle(with(office, find, with(find, "xs:string", name)));
        };
        const std::string place = " Find request /Find: the type was ";
        expect_between(type("xs:long"), type("xs:int"), {"request" + place + "xs:long and is xs:int"});
        expect_between(type("xs:int"), type("xs:long"), {"no" + place + "xs:int and is xs:long"});
        expect_between(type("xs:int"), type("xs:string"), {"no" + place + "xs:int and is xs:string"});
        expect_between(type("xs:string"), type("xs:int"), {"request" + place + "xs:string and is xs:int"});
        expect_between(type("xs:int"), type("xs:date"), {"request" + place + "xs:int and is xs:date"});
        expect(bundle(office, with(kinds, "base=\"xs:int\"", "base=\"xs:long\"")),
               {"answer Find answer /FindResponse/company/capital: the type was xs:int and is xs:long",
                "no Register request /Register/company/capital: the type was xs:int and is xs:long"});
    }

    void attributes_count_as_elements_do() {
        const std::string currency = R"(<xs:attribute name="currency" type="xs:string" use="required"/>)";
        expect(bundle(office, with(kinds, " use=\"required\"", "")),
               {"answer Find answer /FindResponse/company/capital/@currency: attribute made optional",
                "no Register request /Register/company/capital/@currency: attribute made optional"});
        expect(bundle(office, with(kinds, currency, "")),
               {"answer Find answer /FindResponse/company/capital/@currency: attribute removed",
                "request Register request /Register/company/capital/@currency: attribute removed"});
    }

    void order_and_choice() {
        const std::string until = R"(<xs:element name="until" type="xs:date"/>)";
        const std::string state = R"(<xs:element name="state" type="t:State"/>)";
        const std::string swapped =
            with(with(with(office, until, "<!-- -->"), state, until), "<!-- -->", state);
        expect(bundle(swapped),
               {"answer Register answer /RegisterResponse: its elements come in another order"});
        const std::string choice = R"(<xs:choice><xs:element name="phone" type="xs:string"/>)"
                                   R"(<xs:element name="mail" type="xs:string"/></xs:choice>)";
        const Bundle both =
            bundle(with(office, choice, with(with(choice, "<xs:choice>", ""), "</xs:choice>", "")));
        expect_between(
            both, bundle(office),
            {"answer Find answer /FindResponse/company/mail: element made optional",
             "answer Find answer /FindResponse/company/phone: element made optional",
             "no Find answer /FindResponse/company/mail: is one of a choice now, which excludes the others",
             "no Find answer /FindResponse/company/phone: is one of a choice now, which excludes the others",
             "no Register request /Register/company/mail: element made optional",
             "no Register request /Register/company/phone: element made optional",
             "request Register request /Register/company/mail: is one of a choice now, which excludes the "
             "others",
             "request Register request /Register/company/phone: is one of a choice now, which excludes the "
             "others"});
    }

    void branches_of_a_choice_have_no_order() {
        const auto state = [&](const std::string& content) {
            return bundle(with(office, R"(<xs:element name="state" type="t:State"/>)", content));
        };
        const auto one = [](const std::string& name) {
            return "<xs:element name=\"" + name + "\" type=\"xs:int\"/>";
        };
        const auto choice = [](const std::string& content, const std::string& times = "") {
            return "<xs:choice" + times + ">" + content + "</xs:choice>";
        };
        const auto group = [](const std::string& content) {
            return "<xs:sequence>" + content + "</xs:sequence>";
        };
        const std::string a = one("a"), b = one("b"), c = one("c"), often = " maxOccurs=\"9\"";
        expect_between(state(choice(a + b + c)), state(choice(c + a + b)), {});
        expect_between(state(choice(a + b, often)), state(choice(b + a, often)), {});
        expect_between(state(choice(group(a + b) + c)), state(choice(c + group(a + b))), {});
        const std::string other =
            "answer Register answer /RegisterResponse: its elements come in another order";
        expect_between(state(choice(group(a + b) + c)), state(choice(c + group(b + a))), {other});
        expect_between(state(choice(a + b) + c), state(c + choice(a + b)), {other});
        expect_between(state(group(choice(a + b) + c)), state(group(choice(b + a)) + c), {});
    }

    void items_and_members_are_compared() {
        const std::string number = R"(<xs:maxLength value="18"/><xs:pattern value="[0-9A-Z]+"/>)";
        const auto type = [&](const std::string& content, const std::string& more = "") {
            const std::string plain = R"(<xs:simpleType name="Number"><xs:restriction base="xs:string">
    )" + number + "</xs:restriction></xs:simpleType>";
            return bundle(
                office,
                with(kinds, plain, more + "<xs:simpleType name=\"Number\">" + content + "</xs:simpleType>"));
        };
        const auto item = [](const std::string& name, const std::string& most) {
            return "<xs:simpleType" + name + "><xs:restriction base=\"xs:string\"><xs:maxLength value=\"" +
                   most + "\"/></xs:restriction></xs:simpleType>";
        };
        const std::string place = "answer Register answer /RegisterResponse/number: ";
        const std::string named = "<xs:list itemType=\"Item\"/>",
                          both = "<xs:union memberTypes=\"xs:date Item\"/>";
        const std::string changed = "maxLength was 5 and is 9";
        expect_between(type(named, item(" name=\"Item\"", "5")), type(named, item(" name=\"Item\"", "9")),
                       {place + "of its items, " + changed});
        const std::string five = "<xs:list>" + item("", "5") + "</xs:list>";
        expect_between(type(five), type("<xs:list>" + item("", "9") + "</xs:list>"),
                       {place + "of its items, " + changed});
        expect_between(type(named, item(" name=\"Item\"", "5")), type(five), {});
        expect_between(type(both, item(" name=\"Item\"", "5")), type(both, item(" name=\"Item\"", "9")),
                       {place + "of a member of the union, " + changed});
        expect_between(type("<xs:union>" + item("", "5") + "</xs:union>"),
                       type("<xs:union>" + item("", "5") + item("", "5") + "</xs:union>"),
                       {place + "the type was a union of 1 types and is a union of 2 types"});
        const std::string self = "<xs:union memberTypes=\"Number Number\"/>";
        const auto endless = changes_between(type(self), type(self)).value();
        CPPUNIT_ASSERT(endless.size() == 1 && breaks_any(endless));
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

  private:
    static void expect(const Bundle& to, std::vector<std::string> lines, bool any = false) {
        expect_between(bundle(office), to, std::move(lines), any);
    }

    // `any`: only that something breaks.
    static void expect_between(const Bundle& from, const Bundle& to, std::vector<std::string> lines,
                               bool any = false) {
        const auto changes = changes_between(from, to).value();
        if (any) {
            CPPUNIT_ASSERT(breaks_any(changes));
            return;
        }
        std::vector<std::string> found;
        for (const Change& change : changes)
            found.push_back(std::string(to_string(change.breaks)) + " " + change.where + ": " + change.what);
        std::sort(found.begin(), found.end());
        std::sort(lines.begin(), lines.end());
        std::string all;
        for (const std::string& line : found) all += "\n" + line;
        CPPUNIT_ASSERT_MESSAGE("found:" + all, found == lines);
        const bool breaks = std::any_of(lines.begin(), lines.end(),
                                        [](const std::string& line) { return !line.starts_with("no "); });
        CPPUNIT_ASSERT_EQUAL(breaks, breaks_any(changes));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DiffTest);

}  // namespace
}  // namespace hutong::wsdl
