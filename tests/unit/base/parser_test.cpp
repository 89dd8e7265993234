#include <thread>

#include <cppunit/extensions/HelperMacros.h>

#include "base/xml/document.hpp"
#include "base/xml/push_parser.hpp"
#include "base/xml/schema.hpp"
#include "base/xml/xpath.hpp"
#include "silent_events.hpp"

using namespace hutong;

class ParserTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ParserTest);
    CPPUNIT_TEST(refuses_dangerous_texts);
    CPPUNIT_TEST(keeps_limits);
    CPPUNIT_TEST(counts_attributes_before_libxml2_compares_them);
    CPPUNIT_TEST(counts_the_attributes_of_a_tag_that_never_ends);
    CPPUNIT_TEST(counts_names);
    CPPUNIT_TEST(reads_other_encodings);
    CPPUNIT_TEST(no_declaration_lies_about_the_encoding);
    CPPUNIT_TEST(charset_must_agree);
    CPPUNIT_TEST(resolves_names_and_serialises_with_scope);
    CPPUNIT_TEST(edits);
    CPPUNIT_TEST(validates_by_schema_from_the_bundle_only);
    CPPUNIT_TEST(selects_by_xpath);
    CPPUNIT_TEST_SUITE_END();

    void refuses_dangerous_texts() {
        for (const std::string text :
             {"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
              "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'><a/>",
              "<!DOCTYPE l [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><l>&b;</l>", "<a>&unknown;</a>", "<a", "",
              "<p:a/>", "<a x='1' x='2'/>", "<a>\x01</a>", "<a/><b/>"})
            CPPUNIT_ASSERT_MESSAGE(text, xml::parse(text).has_error());
        auto five = xml::parse("<a b='&amp;&lt;'>&amp;&lt;&gt;&quot;&apos;&#x4F01;</a>");
        CPPUNIT_ASSERT(five.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("&<>\"'企"), five->root().text());
        CPPUNIT_ASSERT_EQUAL(std::string("&<"), five->root().attribute("b").value());
    }

    void keeps_limits() {
        xml::Limits limits;
        limits.depth = 3;
        limits.attributes = 2;
        limits.name_bytes = 10;
        limits.elements = 5;
        limits.attribute_bytes = 8;
        limits.bytes = 200;
        const auto code = [&](const std::string& text) {
            const auto result = xml::parse(text, limits);
            return result.has_error() ? std::string(to_string(result.error().code)) : std::string("ok");
        };
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), code("<a><b><c x='12345678' y=''/></b></a>"));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<a><b><c><d/></c></b></a>"));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<a x='' y='' z=''/>"));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<a x='' y='' xmlns:z='u'/>"));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<abcdefghijk/>"));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<a x='123456789'/>"));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<a><b/><b/><b/><b/><b/></a>"));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<a>" + std::string(300, 'x') + "</a>"));
        limits.allow_comments_and_pis = false;
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), code("<a><!-- c --></a>"));
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), code("<a><?p i?></a>"));
    }

    static std::string attributes(int count) {
        std::string all;
        for (int i = 0; i < count; ++i) all += " a" + std::to_string(i) + "=''";
        return all;
    }

    // The text is broken behind the tag, which is only said where the tag is not over the limit.
    void counts_attributes_before_libxml2_compares_them() {
        const auto code = [](const std::string& text) {
            const auto result = xml::parse(text);
            return result.has_error() ? std::string(to_string(result.error().code)) : std::string("ok");
        };
        CPPUNIT_ASSERT_EQUAL(std::string("invalid"), code("<a" + attributes(64)));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<a" + attributes(65)));
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code("<b c='>'/><a x='>' y=\"'\"" + attributes(63)));
        std::string wide("\xFF\xFE", 2);
        for (const char c : "<a" + attributes(65)) wide += {c, '\0'};
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), code(wide));
        const std::string signs(100, '=');
        CPPUNIT_ASSERT_EQUAL(std::string("ok"),
                             code("<a b='" + signs + "' c=\"" + signs + "\">" + signs + "<!-- <b " + signs +
                                  " --><?p <b " + signs + "?><![CDATA[<b " + signs + "]]></a>"));
    }

    void counts_the_attributes_of_a_tag_that_never_ends() {
        const xml::Limits limits;
        test::Silent events;
        const std::string long_tag = "<r><a" + attributes(100'000);
        xml::PushParser parser(limits, events);
        Result<void> fed;
        for (std::size_t at = 0; at < long_tag.size() && fed.has_value(); at += 100)
            fed = parser.feed(std::string_view(long_tag).substr(at, 100));
        CPPUNIT_ASSERT(fed.has_error());
        CPPUNIT_ASSERT_EQUAL(std::string("limit"), std::string(to_string(fed.error().code)));
        CPPUNIT_ASSERT(parser.bytes_fed() <= std::string_view("<r><a").size() + attributes(65).size() + 100);

        const std::string signs(100, '=');
        const std::string good = "<a b='" + signs + "' c='>" + signs + "'><!-- <b " + signs + " --><?p <b " +
                                 signs + "?><![CDATA[<b " + signs + "]]><d" + attributes(64) + "/></a>";
        xml::PushParser patient(limits, events);
        for (const char c : good) CPPUNIT_ASSERT(patient.feed({&c, 1}).has_value());
        CPPUNIT_ASSERT(patient.finish().has_value());
    }

    void counts_names() {
        const auto named = [](int count) {
            std::string all = "<r>";
            for (int i = 0; i < count; ++i) all += "<n" + std::to_string(i) + "/>";
            return all + "</r>";
        };
        const auto by_push = [](const std::string& text) {
            const xml::Limits limits;
            test::Silent events;
            xml::PushParser parser(limits, events);
            const auto fed = parser.feed(text);
            return fed.has_error() ? fed : parser.finish();
        };
        CPPUNIT_ASSERT(xml::parse(named(32'000)).has_value());
        CPPUNIT_ASSERT(by_push(named(32'000)).has_value());
        const auto tree = xml::parse(named(33'000));
        CPPUNIT_ASSERT(tree.has_error() && tree.error().code == ErrorCode::limit);
        const auto pushed = by_push(named(33'000));
        CPPUNIT_ASSERT(pushed.has_error() && pushed.error().code == ErrorCode::limit);
        CPPUNIT_ASSERT(pushed.error().detail.find("different names") != std::string::npos);
    }

    void reads_other_encodings() {
        const std::string gbk = "<?xml version=\"1.0\" encoding=\"GBK\"?><a>\xC6\xF3\xD2\xB5</a>";
        auto document = xml::parse(gbk);
        CPPUNIT_ASSERT(document.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("企业"), document->root().text());
        auto utf8 = xml::to_utf8(gbk);
        CPPUNIT_ASSERT(utf8.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>企业</a>"), *utf8);
        const std::string utf16("\xFF\xFE<\0a\0/\0>\0", 10);
        CPPUNIT_ASSERT_EQUAL(std::string("<a/>"), xml::to_utf8(utf16).value());
        CPPUNIT_ASSERT_EQUAL(std::string("<a>企业</a>"),
                             xml::to_utf8("<a>\xC6\xF3\xD2\xB5</a>", "gbk").value());
        CPPUNIT_ASSERT(xml::to_utf8("<?xml version='1.0' encoding='klingon'?><a/>").has_error());
    }

    // Where a byte order mark is taken off, or the declaration is too long to be looked for, the next reader
    // must not find an encoding that we did not go by.
    void no_declaration_lies_about_the_encoding() {
        const std::string lie = "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>";
        CPPUNIT_ASSERT(xml::to_utf8("\xEF\xBB\xBF" + lie).has_error());
        CPPUNIT_ASSERT(xml::to_utf8("\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><a/>").has_value());
        const std::string far =
            "<?xml version='1.0'" + std::string(600, ' ') + "encoding='ISO-8859-1'?><a>\xE9</a>";
        CPPUNIT_ASSERT(xml::to_utf8(far)->ends_with("encoding='UTF-8'?><a>é</a>"));
    }

    void charset_must_agree() {
        CPPUNIT_ASSERT(xml::parse("<?xml version='1.0' encoding='UTF-8'?><a/>", {}, "GBK").has_error());
        CPPUNIT_ASSERT(xml::parse("<?xml version='1.0' encoding='UTF-8'?><a/>", {}, "utf-8").has_value());
        CPPUNIT_ASSERT(xml::to_utf8("\xEF\xBB\xBF<a/>", "UTF-16").has_error());
        CPPUNIT_ASSERT_EQUAL(std::string("企业"),
                             xml::parse("<a>\xC6\xF3\xD2\xB5</a>", {}, "GBK")->root().text());
    }

    void resolves_names_and_serialises_with_scope() {
        auto document = xml::parse("<r xmlns='urn:d' xmlns:p='urn:p'><c t='p:X'>y</c></r>");
        const auto c = document->root().first_child();
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:p}X"), c.resolve("p:X")->text());
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:d}X"), c.resolve(" X ")->text());
        CPPUNIT_ASSERT(c.resolve("q:X").has_error());
        auto again = xml::parse(c.serialize());
        CPPUNIT_ASSERT(again.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("{urn:p}X"), again->root().resolve("p:X")->text());
    }

    void edits() {
        auto document = xml::make_document("urn:d", "root", "d");
        auto child = document.root().append("urn:d", "child");
        child.set_attribute("a", "<&\"");
        child.set_text("a < b");
        CPPUNIT_ASSERT(child.append_fragment("<x xmlns='urn:x'/>").has_value());
        document.root().append("", "bare").insert_before("urn:n", "before", "n");
        auto again = xml::parse(document.serialize());
        CPPUNIT_ASSERT(again.has_value());
        const auto root = again->root();
        CPPUNIT_ASSERT_EQUAL(std::string("<&\""), root.child("urn:d", "child").attribute("a").value());
        CPPUNIT_ASSERT(root.child("urn:n", "before"));
        CPPUNIT_ASSERT(root.child("", "bare"));
    }

    void validates_by_schema_from_the_bundle_only() {
        const std::map<std::string, std::string> files{
            {"x/main.xsd",
             "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:m' xmlns='urn:m' "
             "elementFormDefault='qualified'><xs:include schemaLocation='../types.xsd'/>"
             "<xs:element name='code' type='Code'/></xs:schema>"},
            {"types.xsd",
             "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:simpleType name='Code'>"
             "<xs:restriction base='xs:string'><xs:length "
             "value='3'/></xs:restriction></xs:simpleType></xs:schema>"}};
        auto set = xml::SchemaSet::compile(files, "x/main.xsd");
        CPPUNIT_ASSERT_MESSAGE(set.has_error() ? set.error().detail : "", set.has_value());
        std::vector<std::thread> threads;
        std::atomic<int> right{0};
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) {
                    auto good = xml::parse("<code xmlns='urn:m'>abc</code>");
                    auto bad = xml::parse("<code xmlns='urn:m'>abcd</code>");
                    if (set->validate(good->root()).has_value() && set->validate(bad->root()).has_error())
                        ++right;
                }
            });
        for (auto& thread : threads) thread.join();
        CPPUNIT_ASSERT_EQUAL(200, right.load());
        auto outside = files;
        outside["x/main.xsd"].replace(outside["x/main.xsd"].find("../types.xsd"), 12, "file:///etc/passwd");
        CPPUNIT_ASSERT(xml::SchemaSet::compile(outside, "x/main.xsd").has_error());
    }

    void selects_by_xpath() {
        auto document = xml::parse("<r xmlns='urn:d'><c>1</c><c>2</c></r>");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, xml::select(*document, "/d:r/d:c", {{"d", "urn:d"}})->size());
        CPPUNIT_ASSERT_EQUAL(std::string("3"),
                             xml::select_text(*document, "sum(//d:c)", {{"d", "urn:d"}}).value());
        CPPUNIT_ASSERT(xml::select(*document, "///", {}).has_error());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ParserTest);
