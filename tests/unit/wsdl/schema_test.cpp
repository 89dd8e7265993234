// Which messages the compiled schemas let through, for each way a contract can spread its schemas.
#include "contracts.hpp"
#include "wsdl/model/qname_values.hpp"

namespace hutong::wsdl::test {

class SchemaTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SchemaTest);
    CPPUNIT_TEST(one_inline_schema);
    CPPUNIT_TEST(inline_schemas_import_each_other_by_namespace);
    CPPUNIT_TEST(one_namespace_in_several_documents);
    CPPUNIT_TEST(chameleon_include);
    CPPUNIT_TEST(rpc_wrappers_are_declared);
    CPPUNIT_TEST(well_known_schemas_need_no_file);
    CPPUNIT_TEST(missing_import_is_made_up_for);
    CPPUNIT_TEST(error_names_the_place);
    CPPUNIT_TEST(finds_values_that_are_names);
    CPPUNIT_TEST(finds_parts_that_are_names);
    CPPUNIT_TEST(long_chains_of_types_are_followed_once);
    CPPUNIT_TEST_SUITE_END();

    static xml::SchemaSet compiled(const Bundle& bundle) {
        auto set = compile_schemas(bundle);
        CPPUNIT_ASSERT_MESSAGE(set ? "" : set.error().detail, set.has_value());
        return std::move(*set);
    }

    static bool valid(const xml::SchemaSet& set, const std::string& message) {
        const auto document = xml::parse(message);
        CPPUNIT_ASSERT(document.has_value());
        return set.validate(document->root()).has_value();
    }

    // A contract whose wsdl:types holds `schemas`; the prefixes are declared on its root only.
    static std::string typed(const std::string& schemas) {
        const std::size_t begin = good_wsdl.find("<wsdl:types>") + 12;
        const std::string text =
            good_wsdl.substr(0, begin) + schemas + good_wsdl.substr(good_wsdl.find("</wsdl:types>"));
        return with(text, "xmlns:tns=\"urn:company\"", "xmlns:tns=\"urn:company\" xmlns:b=\"urn:b\"");
    }

    // The names of one kind, in the order of the alphabet.
    static std::string text_of(std::vector<QName> names) {
        std::sort(names.begin(), names.end());
        std::string text;
        for (const QName& name : names) text += (text.empty() ? "" : " ") + name.text();
        return text;
    }

  public:
    void finds_values_that_are_names() {
        const auto found = [](const std::string& form, const std::string& content) {
            const auto read = wsdl::read(bundle_of(
                typed("<xs:schema targetNamespace=\"urn:company\"" + form + ">" + content + "</xs:schema>")));
            CPPUNIT_ASSERT(read.has_value());
            return read->qname_values;
        };
        const std::string content =
            // Declared after it is used, over several steps.
            "<xs:element name=\"late\" type=\"tns:Fourth\"/>"
            "<xs:complexType name=\"Fourth\"><xs:simpleContent><xs:extension "
            "base=\"tns:Third\"><xs:attribute "
            "name=\"own\" type=\"xs:NOTATION\"/></xs:extension></xs:simpleContent></xs:complexType>"
            "<xs:simpleType name=\"Third\"><xs:list itemType=\"tns:Second\"/></xs:simpleType>"
            "<xs:simpleType name=\"Second\"><xs:union memberTypes=\"xs:int tns:First\"/></xs:simpleType>"
            "<xs:simpleType name=\"First\"><xs:restriction base=\"xs:QName\"/></xs:simpleType>"
            "<xs:simpleType name=\"Text\"><xs:restriction base=\"xs:string\"/></xs:simpleType>"
            "<xs:element name=\"head\" type=\"xs:QName\" abstract=\"true\"/>"
            "<xs:element name=\"member\" substitutionGroup=\"tns:head\"/>"
            "<xs:attribute name=\"global\" type=\"tns:First\"/>"
            "<xs:element name=\"Find\"><xs:complexType><xs:sequence><xs:element "
            "name=\"local\"><xs:simpleType>"
            "<xs:restriction><xs:simpleType><xs:restriction "
            "base=\"xs:QName\"/></xs:simpleType></xs:restriction>"
            "</xs:simpleType></xs:element><xs:element name=\"formed\" type=\"xs:QName\" form=\"qualified\"/>"
            "<xs:element name=\"text\" type=\"tns:Text\"/><xs:element ref=\"tns:head\"/></xs:sequence>"
            "<xs:attribute name=\"plain\" type=\"xs:QName\"/><xs:attribute name=\"other\" "
            "type=\"xs:string\"/>"
            "</xs:complexType></xs:element>";
        const xml::QNameValues here = found("", content);
        CPPUNIT_ASSERT_EQUAL(std::string("local {urn:company}formed {urn:company}head {urn:company}late "
                                         "{urn:company}member"),
                             text_of(here.elements));
        CPPUNIT_ASSERT_EQUAL(std::string("own plain {urn:company}global"), text_of(here.attributes));
        for (const char* type : {"First", "Second", "Third", "Fourth"})
            CPPUNIT_ASSERT_MESSAGE(type, xml::QNameValues::has(here.types, "urn:company", type));
        CPPUNIT_ASSERT(!xml::QNameValues::has(here.types, "urn:company", "Text"));
        const xml::QNameValues qualified =
            found(" elementFormDefault=\"qualified\" attributeFormDefault=\"qualified\"", content);
        CPPUNIT_ASSERT(xml::QNameValues::has(qualified.elements, "urn:company", "local"));
        CPPUNIT_ASSERT(xml::QNameValues::has(qualified.attributes, "urn:company", "plain"));
        CPPUNIT_ASSERT(wsdl::read(bundle_of(good_wsdl))->qname_values.elements.empty());
    }

    void finds_parts_that_are_names() {
        const std::string changed = with(rpc_wsdl, "type=\"xs:int\"", "type=\"xs:QName\"");
        const auto read = wsdl::read(bundle_of(changed));
        CPPUNIT_ASSERT(read.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("a b sum"), text_of(read->qname_values.elements));
    }

    // Each made of the one behind it: whoever looked through the schemas again for each new name, and through
    // the names for each type, would take days.
    void long_chains_of_types_are_followed_once() {
        constexpr int length = 20000;
        std::string types;
        for (int i = 0; i < length; ++i)
            types += "<xs:simpleType name=\"T" + std::to_string(i) + "\"><xs:restriction base=\"" +
                     (i + 1 == length ? "xs:QName" : "tns:T" + std::to_string(i + 1)) +
                     "\"/></xs:simpleType><xs:element name=\"e" + std::to_string(i) + "\" type=\"tns:T" +
                     std::to_string(i) + "\"/>";
        const auto schema =
            xml::parse("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:tns=\"urn:company\">" +
                       types + "</xs:schema>");
        CPPUNIT_ASSERT(schema.has_value());
        Closure closure;
        closure.schemas.push_back({.root = {schema->root()}, .ns = "urn:company"});
        const Contract contract(std::move(closure));
        const xml::QNameValues values = qname_values_of(contract);
        CPPUNIT_ASSERT_EQUAL(std::size_t(length), values.elements.size());
        CPPUNIT_ASSERT(xml::QNameValues::has(values.types, "urn:company", "T0"));
        CPPUNIT_ASSERT(xml::QNameValues::has(values.elements, "urn:company", "e0"));
        CPPUNIT_ASSERT(!xml::QNameValues::has(values.elements, "urn:company", "e" + std::to_string(length)));
    }

    void one_inline_schema() {
        const xml::SchemaSet set = compiled(bundle_of(good_wsdl));
        CPPUNIT_ASSERT(valid(set, "<Find xmlns=\"urn:company\"><code>1</code></Find>"));
        CPPUNIT_ASSERT(!valid(set, "<Find xmlns=\"urn:company\"><kode>1</kode></Find>"));
        CPPUNIT_ASSERT(!valid(set, "<Other xmlns=\"urn:company\"/>"));
    }

    void inline_schemas_import_each_other_by_namespace() {
        const xml::SchemaSet set = compiled(bundle_of(
            typed("<xs:schema targetNamespace=\"urn:company\"><xs:import namespace=\"urn:b\"/><xs:element "
                  "name=\"a\" type=\"b:T\"/></xs:schema>"
                  "<xs:schema targetNamespace=\"urn:b\"><xs:import "
                  "namespace=\"urn:company\"/><xs:complexType name=\"T\"><xs:sequence>"
                  "<xs:element ref=\"tns:a\" minOccurs=\"0\"/></xs:sequence></xs:complexType></xs:schema>")));
        CPPUNIT_ASSERT(valid(set, "<a xmlns=\"urn:company\"><a/></a>"));
        CPPUNIT_ASSERT(!valid(set, "<a xmlns=\"urn:company\"><b/></a>"));
    }

    void one_namespace_in_several_documents() {
        // Twice inline, once in a file that is imported: libxml2 alone would take only the first of them.
        const xml::SchemaSet set = compiled(
            bundle_of(typed("<xs:schema targetNamespace=\"urn:company\"><xs:element name=\"a\" "
                            "type=\"xs:int\"/></xs:schema>"
                            "<xs:schema targetNamespace=\"urn:company\"><xs:element name=\"b\" "
                            "type=\"xs:int\"/></xs:schema>"
                            "<xs:schema targetNamespace=\"urn:b\"><xs:import namespace=\"urn:company\" "
                            "schemaLocation=\"c.xsd\"/>"
                            "<xs:element name=\"d\"><xs:complexType><xs:sequence><xs:element "
                            "ref=\"tns:a\"/><xs:element ref=\"tns:c\"/>"
                            "</xs:sequence></xs:complexType></xs:element></xs:schema>"),
                      {{"c.xsd",
                        "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\" "
                        "targetNamespace=\"urn:company\"><element name=\"c\" type=\"int\"/></schema>"}}));
        for (const char* name : {"a", "b", "c"}) {
            CPPUNIT_ASSERT(valid(set, std::string("<") + name + " xmlns=\"urn:company\">1</" + name + ">"));
            CPPUNIT_ASSERT(!valid(set, std::string("<") + name + " xmlns=\"urn:company\">x</" + name + ">"));
        }
        CPPUNIT_ASSERT(valid(set, "<d xmlns=\"urn:b\" xmlns:c=\"urn:company\"><c:a>1</c:a><c:c>1</c:c></d>"));
    }

    void chameleon_include() {
        const std::string shared =
            "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\"><simpleType name=\"Code\"><restriction "
            "base=\"string\"><length value=\"2\"/>"
            "</restriction></simpleType><element name=\"code\" type=\"Code\" xmlns=\"\" "
            "xmlns:x=\"http://www.w3.org/2001/XMLSchema\"/></schema>";
        const Bundle bundle = bundle_of(
            typed("<xs:schema targetNamespace=\"urn:company\"><xs:include "
                  "schemaLocation=\"s.xsd\"/></xs:schema>"
                  "<xs:schema targetNamespace=\"urn:b\"><xs:include schemaLocation=\"s.xsd\"/></xs:schema>"),
            {{"s.xsd", with(shared,
                            "<element name=\"code\" type=\"Code\" xmlns=\"\" "
                            "xmlns:x=\"http://www.w3.org/2001/XMLSchema\"/>",
                            "<x:element name=\"code\" type=\"Code\" xmlns=\"\" "
                            "xmlns:x=\"http://www.w3.org/2001/XMLSchema\"/>")}});
        CPPUNIT_ASSERT(find_rule(described(bundle), "HT-WSDL-011") == nullptr);
        const xml::SchemaSet set = compiled(bundle);
        for (const char* ns : {"urn:company", "urn:b"}) {
            CPPUNIT_ASSERT(valid(set, std::string("<code xmlns=\"") + ns + "\">ab</code>"));
            CPPUNIT_ASSERT(!valid(set, std::string("<code xmlns=\"") + ns + "\">abc</code>"));
        }
    }

    void rpc_wrappers_are_declared() {
        const xml::SchemaSet set = compiled(bundle_of(rpc_wsdl));
        CPPUNIT_ASSERT(valid(set, "<c:Add xmlns:c=\"urn:calc:body\"><a>1</a><b>2</b></c:Add>"));
        CPPUNIT_ASSERT(!valid(set, "<c:Add xmlns:c=\"urn:calc:body\"><a>1</a><b>two</b></c:Add>"));
        CPPUNIT_ASSERT(!valid(set, "<c:Add xmlns:c=\"urn:calc:body\"><a>1</a></c:Add>"));
        CPPUNIT_ASSERT(valid(set, "<c:AddResponse xmlns:c=\"urn:calc:body\"><sum>3</sum></c:AddResponse>"));
    }

    void well_known_schemas_need_no_file() {
        const Bundle bundle =
            bundle_of(typed("<xs:schema targetNamespace=\"urn:company\"><xs:import "
                            "namespace=\"http://www.w3.org/XML/1998/namespace\" "
                            "schemaLocation=\"http://www.w3.org/2001/xml.xsd\"/><xs:element "
                            "name=\"a\"><xs:complexType><xs:sequence>"
                            "<xs:element ref=\"xs:schema\" minOccurs=\"0\"/></xs:sequence><xs:attribute "
                            "ref=\"xml:lang\"/></xs:complexType></xs:element></xs:schema>"));
        const Description description = described(bundle);
        const Finding* finding = find_rule(description, "HT-WSDL-002");
        CPPUNIT_ASSERT_MESSAGE(listed(description),
                               finding != nullptr && finding->severity == Severity::note);
        const xml::SchemaSet set = compiled(bundle);
        CPPUNIT_ASSERT(valid(set, "<a xmlns=\"urn:company\" xml:lang=\"zh-CN\"/>"));
        CPPUNIT_ASSERT(!valid(set, "<a xmlns=\"urn:company\" xml:lang=\"not a language\"/>"));
        CPPUNIT_ASSERT(valid(set,
                             "<a xmlns=\"urn:company\"><s:schema "
                             "xmlns:s=\"http://www.w3.org/2001/XMLSchema\" id=\"x\"/></a>"));
    }

    void missing_import_is_made_up_for() {
        const Bundle bundle = bundle_of(typed(
            "<xs:schema targetNamespace=\"urn:company\"><xs:element name=\"a\" type=\"b:T\"/></xs:schema>"
            "<xs:schema targetNamespace=\"urn:b\"><xs:simpleType name=\"T\"><xs:restriction "
            "base=\"xs:int\"/></xs:simpleType></xs:schema>"));
        CPPUNIT_ASSERT(find_rule(described(bundle), "R2102") != nullptr);
        CPPUNIT_ASSERT(valid(compiled(bundle), "<a xmlns=\"urn:company\">1</a>"));
    }

    void error_names_the_place() {
        const std::string bad =
            with(good_wsdl, "name=\"name\" type=\"xs:string\"", "name=\"name\" type=\"tns:Gone\"");
        const auto set = compile_schemas(bundle_of(bad));
        CPPUNIT_ASSERT(set.has_error());
        const std::string place = "main.wsdl:" + std::to_string(line_of(bad, "tns:Gone")) + ":";
        CPPUNIT_ASSERT_EQUAL(place, set.error().detail.substr(0, place.size()));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SchemaTest);

}  // namespace hutong::wsdl::test
