// What a description says of each kind of contract.
#include "contracts.hpp"

namespace hutong::wsdl::test {

class ReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReaderTest);
    CPPUNIT_TEST(document_wrapped);
    CPPUNIT_TEST(document_bare);
    CPPUNIT_TEST(rpc_literal_and_encoded);
    CPPUNIT_TEST(one_way_and_actions);
    CPPUNIT_TEST(soap12_and_http_bindings);
    CPPUNIT_TEST(overloads_are_told_apart_by_direction_names);
    CPPUNIT_TEST(mime_parts_leave_the_body);
    CPPUNIT_TEST(mtom_by_content_type_and_by_policy);
    CPPUNIT_TEST(several_files_in_a_cycle);
    CPPUNIT_TEST(encodings);
    CPPUNIT_TEST(refusals);
    CPPUNIT_TEST(limits);
    CPPUNIT_TEST_SUITE_END();

    static std::string no_types(const std::string& text) {
        const std::size_t begin = text.find("<wsdl:types>");
        return text.substr(0, begin) + text.substr(text.find("</wsdl:types>") + 13);
    }

  public:
    void document_wrapped() {
        const Description description = described(bundle_of(good_wsdl));
        CPPUNIT_ASSERT(description.name == (QName{"urn:company", "Company"}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, description.services.size());
        CPPUNIT_ASSERT_EQUAL(std::string("http://backend.example/company"),
                             description.services[0].ports[0].address);
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, description.messages.size());
        CPPUNIT_ASSERT_EQUAL(std::string("Find"), description.port_types[0].operations[0]);
        CPPUNIT_ASSERT(!description.has_policy);
        const Binding* binding = description.binding({"urn:company", "CompanyBinding"});
        CPPUNIT_ASSERT(binding != nullptr);
        CPPUNIT_ASSERT(binding->transport == Transport::soap11_http);
        CPPUNIT_ASSERT(description.binding({"urn:company", "Other"}) == nullptr);
        const Operation& find = binding->operations.at(0);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:company/Find"), find.soap_action);
        CPPUNIT_ASSERT(find.style == Style::document && find.use == Use::literal);
        CPPUNIT_ASSERT(find.wrapped && !find.one_way && !find.uses_mime && !find.uses_mtom);
        CPPUNIT_ASSERT(find.input_element == (QName{"urn:company", "Find"}));
        CPPUNIT_ASSERT(find.output_element == (QName{"urn:company", "FindResponse"}));
        CPPUNIT_ASSERT(find.input_headers.at(0).element == (QName{"urn:company", "Token"}));
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), find.faults.at(0).name);
        CPPUNIT_ASSERT(find.faults.at(0).message == (QName{"urn:company", "RefusedMessage"}));
        CPPUNIT_ASSERT_EQUAL(std::string("查询企业"), find.documentation);
    }

    void document_bare() {
        const std::string other_name = with(good_wsdl, "operation name=\"Find\"", "operation name=\"Seek\"");
        CPPUNIT_ASSERT(!described(bundle_of(other_name)).bindings[0].operations[0].wrapped);
        const std::string with_attribute =
            with(good_wsdl, "<xs:element name=\"code\" type=\"xs:string\"/></xs:sequence>",
                 "<xs:element name=\"code\" type=\"xs:string\"/></xs:sequence><xs:attribute name=\"a\"/>");
        CPPUNIT_ASSERT(!described(bundle_of(with_attribute)).bindings[0].operations[0].wrapped);
        const std::string empty_body =
            with(good_wsdl, "<wsdl:part name=\"parameters\" element=\"tns:Find\"/>", "");
        CPPUNIT_ASSERT(described(bundle_of(empty_body)).bindings[0].operations[0].input_element == QName{});
    }

    void rpc_literal_and_encoded() {
        const Operation add = described(bundle_of(rpc_wsdl)).bindings[0].operations[0];
        CPPUNIT_ASSERT(add.style == Style::rpc && add.use == Use::literal);
        CPPUNIT_ASSERT(add.input_element == (QName{"urn:calc:body", "Add"}));
        CPPUNIT_ASSERT(add.output_element == (QName{"urn:calc:body", "AddResponse"}));
        const Description encoded =
            described(bundle_of(with(rpc_wsdl, "use=\"literal\"", "use=\"encoded\"")));
        CPPUNIT_ASSERT(encoded.bindings[0].operations[0].use == Use::encoded);
        CPPUNIT_ASSERT(encoded.usable());
    }

    void one_way_and_actions() {
        const std::string text = with(with(good_wsdl, "<wsdl:output message=\"tns:FindOut\"/>", ""),
                                      "<wsdl:input message=\"tns:FindIn\"/>",
                                      "<wsdl:input message=\"tns:FindIn\" a:Action=\"urn:act\" "
                                      "xmlns:a=\"http://www.w3.org/2007/05/addressing/metadata\"/>");
        const Operation find = described(bundle_of(text)).bindings[0].operations[0];
        CPPUNIT_ASSERT(find.one_way);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:act"), find.wsa_action);
        CPPUNIT_ASSERT(find.output_element == QName{} && find.output_message == QName{});
    }

    void soap12_and_http_bindings() {
        const std::string soap12 = with(good_wsdl, "http://schemas.xmlsoap.org/wsdl/soap/",
                                        "http://schemas.xmlsoap.org/wsdl/soap12/");
        const Description description = described(bundle_of(soap12));
        CPPUNIT_ASSERT(description.bindings[0].transport == Transport::soap12_http);
        CPPUNIT_ASSERT_EQUAL(std::string("http://backend.example/company"),
                             description.services[0].ports[0].address);
        const std::string get =
            with(good_wsdl, "<wsdl:service name",
                 "<wsdl:binding name=\"Get\" type=\"tns:CompanyPort\"><h:binding verb=\"GET\" "
                 "xmlns:h=\"http://schemas.xmlsoap.org/wsdl/http/\"/></wsdl:binding><wsdl:service name");
        CPPUNIT_ASSERT(described(bundle_of(get)).bindings[1].transport == Transport::http_get);
    }

    void overloads_are_told_apart_by_direction_names() {
        std::string text = with(rpc_wsdl, "</portType>",
                                "<operation name=\"Add\"><input name=\"AddOne\" "
                                "message=\"tns:OneIn\"/><output message=\"tns:AddOut\"/>"
                                "</operation></portType>");
        text = with(text, "<portType",
                    "<message name=\"OneIn\"><part name=\"a\" type=\"xs:int\"/></message><portType");
        text = with(text, "</binding>",
                    "<operation name=\"Add\"><input name=\"AddOne\"><soap:body use=\"literal\" "
                    "namespace=\"urn:calc:body\"/></input>"
                    "<output><soap:body use=\"literal\" "
                    "namespace=\"urn:calc:body\"/></output></operation></binding>");
        const Description description = described(bundle_of(text));
        const auto& operations = description.bindings[0].operations;
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, operations.size());
        CPPUNIT_ASSERT_EQUAL(std::string("AddIn"), operations[0].input_message.local);
        CPPUNIT_ASSERT_EQUAL(std::string("OneIn"), operations[1].input_message.local);
        // Both have one name, so one grant covers both: not a clash.
        CPPUNIT_ASSERT(find_rule(description, "R2710") == nullptr && description.usable());
    }

    void mime_parts_leave_the_body() {
        std::string text = with(good_wsdl, "<wsdl:part name=\"parameters\" element=\"tns:Find\"/>",
                                "<wsdl:part name=\"file\" type=\"xs:hexBinary\"/><wsdl:part "
                                "name=\"parameters\" element=\"tns:Find\"/>");
        text =
            with(text, "<soap:body use=\"literal\"/></wsdl:input>",
                 "<m:multipartRelated xmlns:m=\"http://schemas.xmlsoap.org/wsdl/mime/\"><m:part><soap:body "
                 "use=\"literal\"/></m:part>"
                 "<m:part><m:content part=\"file\" "
                 "type=\"application/pdf\"/></m:part></m:multipartRelated></wsdl:input>");
        const Operation find = described(bundle_of(text)).bindings[0].operations[0];
        CPPUNIT_ASSERT(find.uses_mime);
        CPPUNIT_ASSERT(find.input_element == (QName{"urn:company", "Find"}));
    }

    void mtom_by_content_type_and_by_policy() {
        const std::string typed =
            with(good_wsdl, "<xs:element name=\"name\" type=\"xs:string\"/>",
                 "<xs:element name=\"name\" type=\"xs:base64Binary\" x:expectedContentTypes=\"*/*\" "
                 "xmlns:x=\"http://www.w3.org/2005/05/xmlmime\"/>");
        CPPUNIT_ASSERT(described(bundle_of(typed)).bindings[0].operations[0].uses_mtom);
        const std::string policy =
            "<p:Policy u:Id=\"mtom\" xmlns:p=\"http://schemas.xmlsoap.org/ws/2004/09/policy\" "
            "xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\">"
            "<m:OptimizedMimeSerialization "
            "xmlns:m=\"http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization\"/>"
            "</p:Policy>";
        const std::string unused = with(good_wsdl, "<wsdl:types>", policy + "<wsdl:types>");
        CPPUNIT_ASSERT(described(bundle_of(unused)).has_policy);
        CPPUNIT_ASSERT(!described(bundle_of(unused)).bindings[0].operations[0].uses_mtom);
        const std::string used =
            with(unused, "<soap:binding",
                 "<p:PolicyReference URI=\"#mtom\" xmlns:p=\"http://schemas.xmlsoap.org/ws/2004/09/policy\"/>"
                 "<soap:binding");
        CPPUNIT_ASSERT(described(bundle_of(used)).bindings[0].operations[0].uses_mtom);
    }

    void several_files_in_a_cycle() {
        // main imports part, part imports main; the schema is in part and included from a folder above.
        const std::string schema = good_wsdl.substr(
            good_wsdl.find("<xs:schema"), good_wsdl.find("</xs:schema>") + 12 - good_wsdl.find("<xs:schema"));
        const std::string part =
            "<wsdl:definitions targetNamespace=\"urn:part\" xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" "
            "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
            "<wsdl:import namespace=\"urn:company\" location=\"../main.wsdl\"/>"
            "<wsdl:types><xs:schema targetNamespace=\"urn:company\"><xs:include "
            "schemaLocation=\"../types/../types/t.xsd\"/></xs:schema></wsdl:types>"
            "</wsdl:definitions>";
        const std::string main_text = with(
            no_types(good_wsdl), "<wsdl:message name=\"FindIn\">",
            "<wsdl:import namespace=\"urn:part\" location=\"sub/part.wsdl\"/><wsdl:message name=\"FindIn\">");
        const std::string file_schema =
            with(schema, "<xs:schema ", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" ");
        const Description description =
            described(bundle_of(main_text, {{"sub/part.wsdl", part}, {"types/t.xsd", file_schema}}));
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(description));
        CPPUNIT_ASSERT(description.bindings[0].operations[0].wrapped);
    }

    void encodings() {
        // 查询 in GBK, and the whole contract in UTF-16 with a byte order mark.
        const std::string gbk =
            with(with(good_wsdl, "encoding=\"UTF-8\"", "encoding=\"GBK\""), "查询企业", "\xB2\xE9\xD1\xAF");
        CPPUNIT_ASSERT_EQUAL(std::string("查询"),
                             described(bundle_of(gbk)).bindings[0].operations[0].documentation);
        std::string utf16 = "\xFF\xFE";
        for (const char c :
             with(with(good_wsdl, "encoding=\"UTF-8\"", "encoding=\"UTF-16\""), "查询企业", "find"))
            utf16 += {c, '\0'};
        CPPUNIT_ASSERT_EQUAL(std::string("find"),
                             described(bundle_of(utf16)).bindings[0].operations[0].documentation);
        CPPUNIT_ASSERT_EQUAL(
            std::string("查询企业"),
            described(bundle_of("\xEF\xBB\xBF" + good_wsdl)).bindings[0].operations[0].documentation);
    }

    void refusals() {
        const auto refused = [](const std::string& text, const std::string& expected) {
            const auto description = read(bundle_of(text));
            CPPUNIT_ASSERT(description.has_error());
            CPPUNIT_ASSERT_MESSAGE(description.error().detail,
                                   description.error().detail.find(expected) != std::string::npos);
        };
        refused("", "main.wsdl");
        refused("<a><b></a>", "line 1");
        refused("<html/>", "not definitions of WSDL 1.1");
        refused("<description xmlns=\"http://www.w3.org/ns/wsdl\"/>", "WSDL 2.0");
        refused(with(good_wsdl, "encoding=\"UTF-8\"", "encoding=\"NO-SUCH\""), "NO-SUCH");
        refused("<!DOCTYPE a [<!ENTITY b 'x'>]>" + good_wsdl.substr(good_wsdl.find("<wsdl:def"), 60) +
                    " a='&b;'/>",
                "main.wsdl");
        refused("<!DOCTYPE a [", "document type declaration");
        CPPUNIT_ASSERT(read(Bundle{{{"a.wsdl", good_wsdl}}, "b.wsdl"}).error().code == ErrorCode::not_found);
    }

    void limits() {
        config::Wsdl small;
        small.max_files = 1;
        CPPUNIT_ASSERT(read(bundle_of(good_wsdl), small).has_value());
        CPPUNIT_ASSERT(read(bundle_of(good_wsdl, {{"x.xsd", ""}}), small).error().code == ErrorCode::limit);
        small.max_bundle_bytes = 100;
        CPPUNIT_ASSERT(read(bundle_of(good_wsdl), small).error().code == ErrorCode::limit);
        std::string deep;
        for (int i = 0; i < 300; ++i) deep += "<a>";
        for (int i = 0; i < 300; ++i) deep += "</a>";
        CPPUNIT_ASSERT(read(bundle_of(with(good_wsdl, "查询企业", deep))).error().code == ErrorCode::limit);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReaderTest);

}  // namespace hutong::wsdl::test
