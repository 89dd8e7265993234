// Each finding: a contract that has none, bent at one place, has it there.
#include "contracts.hpp"

namespace hutong::wsdl::test {

class FindingsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FindingsTest);
    CPPUNIT_TEST(good_contracts_have_none);
    CPPUNIT_TEST(one_change_one_finding);
    CPPUNIT_TEST(rpc_findings);
    CPPUNIT_TEST(import_findings);
    CPPUNIT_TEST(errors_refuse_and_warnings_do_not);
    CPPUNIT_TEST(findings_are_capped_and_errors_kept);
    CPPUNIT_TEST_SUITE_END();

    // `marker` stands on the line the finding must name: the one on which the start tag ends.
    struct Row {
        const char* rule;
        std::string from;
        std::string to;
        std::string marker;
    };

    static void check(const std::string& good, const std::vector<Row>& rows) {
        for (const Row& row : rows) {
            const std::string bad = with(good, row.from, row.to);
            const Description description = described(bundle_of(bad));
            const Finding* finding = find_rule(description, row.rule);
            CPPUNIT_ASSERT_MESSAGE(std::string(row.rule) + " is missing among:\n" + listed(description),
                                   finding != nullptr);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(row.rule, std::string("main.wsdl"), finding->place.file);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(row.rule + (": " + finding->text), line_of(bad, row.marker),
                                         finding->place.line);
        }
    }

  public:
    void good_contracts_have_none() {
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(described(bundle_of(good_wsdl))));
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(described(bundle_of(rpc_wsdl))));
    }

    void one_change_one_finding() {
        const std::string types = "<wsdl:types>";
        const std::string find_in =
            "<wsdl:message name=\"FindIn\"><wsdl:part name=\"parameters\" element=\"tns:Find\"/>";
        const std::string operation_end =
            "<wsdl:fault name=\"refused\" message=\"tns:RefusedMessage\"/>\n    </wsdl:operation>";
        const std::string bound_end =
            "<soap:fault name=\"refused\" use=\"literal\"/></wsdl:fault>\n    </wsdl:operation>";
        const std::string address = "<soap:address location=\"http://backend.example/company\"/>";
        const std::string port = "<wsdl:port name=\"CompanyPort\" binding=\"tns:CompanyBinding\">";
        check(
            good_wsdl,
            {
                {"R2003", types, "<wsdl:types><xs:import namespace=\"urn:x\"/>", "<wsdl:types><xs:import"},
                {"R2007", types, "<wsdl:import namespace=\"urn:x\"/>" + types, "<wsdl:import"},
                {"R2022", "<wsdl:portType name", "<wsdl:import namespace=\"urn:x\"/><wsdl:portType name",
                 "<wsdl:import"},
                {"R2023", types, "<wsdl:message name=\"Early\"/>\n" + types, types},
                {"R2026", "<soap:operation soapAction", "<soap:operation wsdl:required=\"true\" soapAction",
                 "wsdl:required"},
                {"R2102", "name=\"code\" type=\"xs:string\"",
                 "name=\"code\" type=\"o:T\" xmlns:o=\"urn:other\"", "o:T"},
                {"R2105", "</wsdl:types>", "<xs:schema><xs:element name=\"a\"/></xs:schema></wsdl:types>",
                 "<xs:schema><xs:el"},
                {"R2201", find_in, find_in + "<wsdl:part name=\"more\" element=\"tns:Token\"/>",
                 "<wsdl:input><soap:header"},
                {"R2204", "element=\"tns:FindResponse\"", "type=\"xs:string\"", "<wsdl:output><soap:body"},
                {"R2205", "name=\"token\" element=\"tns:Token\"", "name=\"token\" type=\"xs:string\"",
                 "<soap:header"},
                {"R2303", "<wsdl:input message=\"tns:FindIn\"/>\n", "", "<wsdl:operation name=\"Find\">"},
                {"R2304", operation_end,
                 operation_end + "\n<wsdl:operation  name=\"Find\"><wsdl:input name=\"x\" "
                                 "message=\"tns:FindIn\"/></wsdl:operation>",
                 "<wsdl:operation  name"},
                {"R2306", "element=\"tns:FindResponse\"", "element=\"tns:FindResponse\" type=\"xs:string\"",
                 "<wsdl:message name=\"FindOut\">"},
                {"R2701", " transport=\"http://schemas.xmlsoap.org/soap/http\"", "", "<soap:binding"},
                {"R2706", "<wsdl:output><soap:body use=\"literal\"/>",
                 "<wsdl:output><soap:body use=\"encoded\"/>", "use=\"encoded\""},
                {"R2710", operation_end + "\n  </wsdl:portType>",
                 operation_end +
                     "<wsdl:operation name=\"Seek\"><wsdl:input "
                     "message=\"tns:FindIn\"/></wsdl:operation></wsdl:portType>"
                     "<wsdl:binding name=\"B2\" type=\"tns:CompanyPort\"><soap:binding "
                     "transport=\"http://schemas.xmlsoap.org/soap/http\"/>"
                     "<wsdl:operation name=\"Find\"><soap:operation soapAction=\"a\"/><wsdl:input><soap:body "
                     "use=\"literal\"/></wsdl:input></wsdl:operation>\n"
                     "<wsdl:operation  name=\"Seek\"><soap:operation "
                     "soapAction=\"b\"/><wsdl:input><soap:body "
                     "use=\"literal\"/></wsdl:input></wsdl:operation></wsdl:binding>",
                 "<wsdl:operation  name=\"Seek\""},
                {"R2711", "</wsdl:port>",
                 "</wsdl:port>\n<wsdl:port name=\"P2\" binding=\"tns:CompanyBinding\"><soap:address "
                 "location=\"http://backend.example/company\"/></wsdl:port>",
                 "<wsdl:port name=\"P2\""},
                {"R2716", "<wsdl:output><soap:body use", "<wsdl:output><soap:body namespace=\"urn:a\" use",
                 "namespace=\"urn:a\""},
                {"R2718", operation_end, operation_end + "<wsdl:operation name=\"Seek\"/>", "<wsdl:binding"},
                {"R2718", bound_end, bound_end + "\n<wsdl:operation name=\"Seek\"/>",
                 "<wsdl:operation name=\"Seek\"/>"},
                {"R2721", "<soap:fault name=\"refused\" use", "<soap:fault use", "<soap:fault use"},
                {"R2740",
                 "<wsdl:fault name=\"refused\"><soap:fault name=\"refused\" use=\"literal\"/></wsdl:fault>",
                 "", "<wsdl:operation name=\"Find\">\n      <soap:operation"},
                {"R2749", "part=\"token\" use", "part=\"token\" parts=\"token\" use", "parts=\"token\""},
                {"R2754", "<soap:fault name=\"refused\"", "<soap:fault name=\"other\"",
                 "<soap:fault name=\"other\""},
                {"R4003", "encoding=\"UTF-8\"", "encoding=\"GB18030\"", "<?xml"},
                {"HT-WSDL-001", "targetNamespace=\"urn:company\" elementFormDefault=\"qualified\">",
                 "targetNamespace=\"urn:company\" elementFormDefault=\"qualified\"><xs:include "
                 "schemaLocation=\"gone.xsd\"/>",
                 "gone.xsd"},
                {"HT-WSDL-002", types,
                 "<wsdl:import namespace=\"urn:x\" location=\"http://far.example/x.wsdl\"/>" + types,
                 "far.example"},
                {"HT-WSDL-003", types,
                 "<wsdl:import namespace=\"urn:x\" location=\"../../etc/passwd\"/>" + types, "passwd"},
                {"HT-WSDL-003", types,
                 "<wsdl:import namespace=\"urn:x\" location=\"%2e%2e/x.wsdl\"/>" + types, "%2e%2e"},
                {"HT-WSDL-006", "<wsdl:definitions name",
                 "<!DOCTYPE a [<!ENTITY b '>]'>]>\n<wsdl:definitions name", "<?xml"},
                {"HT-WSDL-007", "binding=\"tns:CompanyBinding\"", "binding=\"tns:Missing\"", "tns:Missing"},
                {"HT-WSDL-008", "type=\"tns:CompanyPort\"", "type=\"tns:Missing\"", "tns:Missing"},
                {"HT-WSDL-009", "<wsdl:output message=\"tns:FindOut\"",
                 "<wsdl:output message=\"tns:Missing\"", "tns:Missing"},
                {"HT-WSDL-009", "<soap:header message=\"tns:Headers\"",
                 "<soap:header message=\"tns:Missing\"", "tns:Missing"},
                {"HT-WSDL-010", "<wsdl:message name=\"Headers\">",
                 "<wsdl:message name=\"FindIn\"/>\n<wsdl:message name=\"Headers\">",
                 "<wsdl:message name=\"FindIn\"/>"},
                {"HT-WSDL-010", "<xs:element name=\"Token\"",
                 "<xs:element name=\"Find\"/>\n<xs:element name=\"Token\"", "<xs:element name=\"Find\"/>"},
                {"HT-WSDL-011", "name=\"code\" type=\"xs:string\"", "name=\"code\" type=\"tns:Missing\"",
                 "tns:Missing"},
                {"HT-WSDL-012", "name=\"code\" type=\"xs:string\"", "name=\"code\" type=\"nobody:T\"",
                 "nobody:T"},
                {"HT-WSDL-013", "name=\"code\" type=\"xs:string\"", "name=\"code\" type=\"tns:Missing\"",
                 "tns:Missing"},
                {"HT-WSDL-014", "element=\"tns:Find\"", "element=\"tns:Missing\"", "tns:Missing"},
                {"HT-WSDL-015", "elementFormDefault=\"qualified\">",
                 "elementFormDefault=\"qualified\"><xs:import namespace=\"urn:nobody\"/>", "urn:nobody"},
                {"HT-WSDL-016", "transport=\"http://schemas.xmlsoap.org/soap/http\"", "transport=\"urn:jms\"",
                 "xmlns:xs=\"http"},
                {"HT-WSDL-018", address, "", port},
                {"HT-WSDL-019", "http://backend.example/company", "REPLACE_ME", port},
                {"HT-WSDL-020", "<wsdl:service name",
                 "<wsdl:binding name=\"Get\" type=\"tns:CompanyPort\"><h:binding verb=\"GET\" "
                 "xmlns:h=\"http://schemas.xmlsoap.org/wsdl/http/\"/></wsdl:binding><wsdl:service name",
                 "<wsdl:binding name=\"Get\""},
                {"HT-WSDL-021", "transport=\"http://schemas.xmlsoap.org/soap/http\"", "transport=\"urn:jms\"",
                 "<wsdl:binding"},
                {"HT-WSDL-022", "<soap:body use=\"literal\"/></wsdl:input>",
                 "<soap:body use=\"encoded\"/></wsdl:input>",
                 "<wsdl:operation name=\"Find\">\n      <soap:operation"},
                {"HT-WSDL-023", bound_end,
                 bound_end + "<wsdl:operation name=\"Seek\"><soap:operation "
                             "soapAction=\"urn:company/Find\"/><wsdl:input>"
                             "<soap:body use=\"literal\"/></wsdl:input></wsdl:operation></wsdl:binding>\n"
                             "<wsdl:portType name=\"P2\"><wsdl:operation name=\"Find\"><wsdl:input "
                             "message=\"tns:FindIn\"/></wsdl:operation>"
                             "<wsdl:operation name=\"Seek\"><wsdl:input "
                             "message=\"tns:FindIn\"/></wsdl:operation></wsdl:portType>\n"
                             "<wsdl:binding name=\"B2\" type=\"tns:P2\"><soap:binding "
                             "transport=\"http://schemas.xmlsoap.org/soap/http\"/>"
                             "<wsdl:operation name=\"Find\"/>\n<wsdl:operation  name=\"Seek\"/>",
                 "<wsdl:operation  name=\"Seek\"/>"},
                {"HT-WSDL-025", "<wsdl:operation name=\"Find\">", "<wsdl:operation>",
                 "<wsdl:operation>\n      <soap:operation"},
            });
    }

    void rpc_findings() {
        const std::string with_array = with(
            rpc_wsdl, "<message name=\"AddIn\">",
            "<types><xs:schema targetNamespace=\"urn:calc\"><xs:import "
            "namespace=\"http://schemas.xmlsoap.org/soap/encoding/\"/>\n"
            "<xs:complexType name=\"Ints\"><xs:complexContent><xs:restriction base=\"se:Array\" "
            "xmlns:se=\"http://schemas.xmlsoap.org/soap/encoding/\">\n<xs:attribute ref=\"se:arrayType\" "
            "w:arrayType=\"xs:int[]\" "
            "xmlns:w=\"http://schemas.xmlsoap.org/wsdl/\"/></xs:restriction></xs:complexContent>"
            "</xs:complexType></xs:schema></types><message name=\"AddIn\">");
        check(with_array, {{"R2110", "urn:calc:body", "urn:b", "base=\"se:Array\""},
                           {"R2111", "urn:calc:body", "urn:b", "w:arrayType="}});
        check(
            rpc_wsdl,
            {
                {"R2203", "<part name=\"sum\" type=\"xs:int\"/>", "<part name=\"sum\" element=\"tns:sum\"/>",
                 "<output><soap:body"},
                {"R2305", "<operation name=\"Add\"><input message",
                 "<operation name=\"Add\" parameterOrder=\"a\"><input message", "parameterOrder"},
                {"R2705", "<soap:operation soapAction=\"\"/>\n      <input>",
                 "<soap:operation style=\"document\"/><input><soap:body use=\"literal\"/></input></operation>"
                 "<operation name=\"Add\"><soap:operation soapAction=\"\"/><input>",
                 "<binding"},
                {"R2717", " namespace=\"urn:calc:body\"", "", "<input><soap:body"},
            });
    }

    void import_findings() {
        const std::string importing =
            with(good_wsdl, "<wsdl:types>",
                 "<wsdl:import namespace=\"urn:part\" location=\"part.wsdl\"/>\n<wsdl:types>");
        const std::string part =
            "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\" targetNamespace=\"urn:part\"/>";
        const auto rule_of = [&](const std::string& main, const std::string& other, const char* rule) {
            const Description description = described(bundle_of(main, {{"part.wsdl", other}}));
            const Finding* finding = find_rule(description, rule);
            CPPUNIT_ASSERT_MESSAGE(std::string(rule) + " is missing among:\n" + listed(description),
                                   finding != nullptr);
            return finding->place.text();
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), listed(described(bundle_of(importing, {{"part.wsdl", part}}))));
        const std::string at_import = "main.wsdl:" + std::to_string(line_of(importing, "<wsdl:import"));
        CPPUNIT_ASSERT_EQUAL(at_import, rule_of(importing, with(part, "urn:part", "urn:else"), "R2005"));
        CPPUNIT_ASSERT_EQUAL(
            at_import, rule_of(importing, "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\"/>", "R2001"));
        CPPUNIT_ASSERT_EQUAL(std::string("part.wsdl:2"), rule_of(importing, "<a>\n</b>", "HT-WSDL-004"));
        CPPUNIT_ASSERT_EQUAL(std::string("part.wsdl:1"), rule_of(importing, "<html/>", "HT-WSDL-004"));
        CPPUNIT_ASSERT_EQUAL(std::string("part.wsdl:1"), rule_of(good_wsdl, part, "HT-WSDL-005"));
        const std::string importing_schema = with(good_wsdl, "elementFormDefault=\"qualified\">",
                                                  "elementFormDefault=\"qualified\"><xs:import "
                                                  "namespace=\"urn:part\" schemaLocation=\"part.wsdl\"/>");
        CPPUNIT_ASSERT_EQUAL("main.wsdl:" + std::to_string(line_of(importing_schema, "<xs:import")),
                             rule_of(importing_schema, part, "R2004"));
    }

    void errors_refuse_and_warnings_do_not() {
        CPPUNIT_ASSERT(described(bundle_of(good_wsdl)).usable());
        CPPUNIT_ASSERT(
            described(bundle_of(with(good_wsdl, "element=\"tns:Find\"", "element=\"tns:Missing\"")))
                .usable());
        CPPUNIT_ASSERT(
            !described(bundle_of(with(good_wsdl, "type=\"tns:CompanyPort\"", "type=\"tns:Missing\"")))
                 .usable());
        // A contract of one service without wsdl:service is only remarked on.
        std::string no_service = good_wsdl;
        no_service.erase(no_service.find("<wsdl:service"),
                         no_service.find("</wsdl:service>") + 15 - no_service.find("<wsdl:service"));
        const Description description = described(bundle_of(no_service));
        CPPUNIT_ASSERT(description.usable());
        CPPUNIT_ASSERT(find_rule(description, "HT-WSDL-017") != nullptr);
    }

    void findings_are_capped_and_errors_kept() {
        std::string many;
        for (int i = 0; i < 1500; ++i)
            many += "<wsdl:message name=\"m" + std::to_string(i) +
                    "\"><wsdl:part name=\"p\" element=\"tns:No\"/></wsdl:message>\n";
        const std::string flooded = with(with(good_wsdl, "<wsdl:portType name", many + "<wsdl:portType name"),
                                         "type=\"tns:CompanyPort\"", "type=\"tns:Missing\"");
        const Description description = described(bundle_of(flooded));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1001}, description.findings.size());
        CPPUNIT_ASSERT(find_rule(description, "HT-WSDL-024") != nullptr);
        CPPUNIT_ASSERT(find_rule(description, "HT-WSDL-008") != nullptr);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(FindingsTest);

}  // namespace hutong::wsdl::test
