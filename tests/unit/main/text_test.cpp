// Tables line up with Chinese in them, and stored text cannot play tricks on a terminal.
#include "gateway/main/cli/text.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong::cli;

class TextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TextTest);
    CPPUNIT_TEST(widths);
    CPPUNIT_TEST(columns_line_up);
    CPPUNIT_TEST(control_characters_are_blanks);
    CPPUNIT_TEST_SUITE_END();

  public:
    void widths() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, display_width("abc"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, display_width("工商"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, display_width("é"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, display_width("\xff\xfe"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, display_width("\xe5"));
    }

    void columns_line_up() {
        CPPUNIT_ASSERT_EQUAL(std::string("NAME  ID\n工商  gs\nab    c\n"),
                             table({"NAME", "ID"}, {{"工商", "gs"}, {"ab", "c"}}));
    }

    void control_characters_are_blanks() {
        CPPUNIT_ASSERT_EQUAL(std::string("a b c d"), one_line("a\nb\x1b"
                                                              "c\x7f"
                                                              "d"));
        CPPUNIT_ASSERT_EQUAL(std::string("a [2J"), one_line("a\xc2\x9b[2J"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TextTest);
