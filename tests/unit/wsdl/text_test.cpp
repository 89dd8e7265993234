// The map of a document's text against the tree the parser makes of it.
#include "contracts.hpp"
#include "wsdl/model/source_text.hpp"
#include "wsdl/model/text_map.hpp"

namespace hutong::wsdl::test {

class TextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TextTest);
    CPPUNIT_TEST(elements_agree_with_the_tree);
    CPPUNIT_TEST(splices);
    CPPUNIT_TEST(doctype_is_blanked);
    CPPUNIT_TEST_SUITE_END();

    static void agrees(const std::string& text) {
        const auto document = xml::parse(text);
        CPPUNIT_ASSERT_MESSAGE(document ? "" : document.error().detail, document.has_value());
        const TextMap map(text);
        std::size_t count = 0;
        walk(document->root(), [&](xml::Element element, std::size_t number) {
            ++count;
            CPPUNIT_ASSERT(number < map.elements().size());
            const ElementSpan& span = map.elements()[number];
            const std::size_t colon = span.name.find(':');
            CPPUNIT_ASSERT_EQUAL(
                std::string(element.local()),
                std::string(colon == std::string_view::npos ? span.name : span.name.substr(colon + 1)));
            for (const xml::Attribute& attribute : element.attributes())
                if (attribute.ns.empty()) CPPUNIT_ASSERT(map.attribute(span, attribute.local) != nullptr);
            CPPUNIT_ASSERT(span.begin < span.tag_end && span.tag_end <= span.content_end &&
                           span.content_end <= span.end);
            CPPUNIT_ASSERT_EQUAL('>', text[span.end - 1]);
        });
        CPPUNIT_ASSERT_EQUAL(count, map.elements().size());
    }

  public:
    void elements_agree_with_the_tree() {
        agrees(good_wsdl);
        agrees("<a/>");
        agrees(
            "<?xml version='1.0'?><!-- <b> --><?p <c> ?><a x = '>\"' y\n=\t\"/'&lt;\"  "
            "><![CDATA[<d></d>]]]]><b:b xmlns:b='u' b:z='/'/>"
            "<c ></c >&lt;<!-- </a> --></a><!-- <e> -->");
    }

    void splices() {
        const std::string text = "<a x='1'><b/><c y=\"2\" />t</a>";
        const TextMap map(text);
        Splices change(map);
        const auto& elements = map.elements();
        change.set_attribute(elements[0], "x", "a'b");
        change.append_child(elements[0], "<n/>");
        change.set_attribute(elements[1], "z", "9");
        change.append_child(elements[1], "<m/>");
        change.remove_attribute(elements[2], "y");
        change.remove_attribute(elements[2], "absent");
        CPPUNIT_ASSERT_EQUAL(std::string("<a x='a&apos;b'><b z=\"9\"><m/></b><c  />t<n/></a>"),
                             change.apply());
        CPPUNIT_ASSERT_EQUAL(std::string("<b z=\"9\"><m/></b>"),
                             change.apply(elements[1].begin, elements[1].end));
    }

    void doctype_is_blanked() {
        const auto blanked = source_text(
            "<?xml version='1.0'?>\n<!-- <!DOCTYPE x> -->\n<!DOCTYPE a PUBLIC \"-//>//\" 'y' [\n<!-- ]> -->\n"
            "<!ENTITY b ']>'>\n<?p ]> ?>]>\n<a/>");
        CPPUNIT_ASSERT(blanked.has_value() && blanked->had_doctype);
        CPPUNIT_ASSERT_EQUAL(6L,
                             static_cast<long>(std::count(blanked->utf8.begin(), blanked->utf8.end(), '\n')));
        const auto document = xml::parse(blanked->utf8);
        CPPUNIT_ASSERT(document.has_value());
        CPPUNIT_ASSERT_EQUAL(7, document->root().line());
        // In text and in CDATA it is no declaration.
        const std::string innocent = "<a><![CDATA[<!DOCTYPE x>]]></a>";
        CPPUNIT_ASSERT_EQUAL(innocent, source_text(innocent)->utf8);
        CPPUNIT_ASSERT(source_text("<!DOCTYPE a [ <!ENTITY b 'unfinished").has_error());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TextTest);

}  // namespace hutong::wsdl::test
