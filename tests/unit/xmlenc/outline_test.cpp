// Where elements lie in a text, compared with the text itself.
#include "base/xml/outline.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace hutong::xml {

namespace {

class OutlineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OutlineTest);
    CPPUNIT_TEST(finds_every_element_to_its_depth);
    CPPUNIT_TEST(is_not_misled_by_markup_in_other_places);
    CPPUNIT_TEST(refuses_what_it_must);
    CPPUNIT_TEST_SUITE_END();

    static std::string whole(const std::string& text, const Extent& e) {
        return text.substr(e.begin, e.end - e.begin);
    }
    static std::string content(const std::string& text, const Extent& e) {
        return text.substr(e.content_begin, e.content_end - e.content_begin);
    }

    void finds_every_element_to_its_depth() {
        const std::string text = "<?xml version='1.0'?><a x='1' ><b\n/><c>税<d><e/></d></c ></a>\n";
        const auto found = outline(text, 3, {}).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, found.size());
        CPPUNIT_ASSERT_EQUAL(std::string("<a x='1' ><b\n/><c>税<d><e/></d></c ></a>"), whole(text, found[0]));
        CPPUNIT_ASSERT_EQUAL(std::string("<b\n/>"), whole(text, found[1]));
        CPPUNIT_ASSERT(found[1].self_closed && found[1].content_begin == found[1].end);
        CPPUNIT_ASSERT_EQUAL(std::string("税<d><e/></d>"), content(text, found[2]));
        CPPUNIT_ASSERT_EQUAL(std::string("<e/>"), content(text, found[3]));
        CPPUNIT_ASSERT_EQUAL(3u, found[3].depth);
    }

    void is_not_misled_by_markup_in_other_places() {
        const std::string text =
            "<!-- <x> --><a v='>/'><!-- </a> --><![CDATA[<y>]]>&lt;z&gt;<b v=\"'/>'\"></b></a>";
        const auto found = outline(text, 9, {}).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, found.size());
        CPPUNIT_ASSERT_EQUAL(std::string("<a v='>/'>"), text.substr(found[0].begin, 10));
        CPPUNIT_ASSERT_EQUAL(found[0].begin + 10, found[0].content_begin);
        CPPUNIT_ASSERT_EQUAL(std::string("<b v=\"'/>'\"></b>"), whole(text, found[1]));
        CPPUNIT_ASSERT(!found[1].self_closed);
    }

    void refuses_what_it_must() {
        CPPUNIT_ASSERT(outline("<a><b></a>", 3, {}).error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT(outline("<!DOCTYPE a><a/>", 3, {}).error().code == ErrorCode::refused);
        CPPUNIT_ASSERT(outline("<p:a/>", 3, {}).error().code == ErrorCode::invalid);
        Limits limits;
        limits.depth = 2;
        CPPUNIT_ASSERT(outline("<a><b><c/></b></a>", 1, limits).error().code == ErrorCode::limit);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(OutlineTest);

}  // namespace

}  // namespace hutong::xml
