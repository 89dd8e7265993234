// Parameters as forms send them: how they are cut and decoded.
#include "base/form.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace hutong {

namespace {

class FormTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FormTest);
    CPPUNIT_TEST(cuts_and_decodes);
    CPPUNIT_TEST(refuses_a_percent_sign_without_digits);
    CPPUNIT_TEST_SUITE_END();

    // "name=value;" for each, or why not.
    static std::string read(std::string_view text) {
        const auto all = read_form(text);
        if (all.has_error()) return all.error().detail;
        std::string said;
        for (const FormParameter& one : *all) said += one.name + "=" + one.value + ";";
        return said;
    }

    void cuts_and_decodes() {
        CPPUNIT_ASSERT_EQUAL(std::string(), read(""));
        CPPUNIT_ASSERT_EQUAL(std::string("a=1;b=;c=;"), read("a=1&b=&c"));
        CPPUNIT_ASSERT_EQUAL(std::string("a=1;a=2;"), read("&&a=1&a=2&"));
        CPPUNIT_ASSERT_EQUAL(std::string("=;=x;"), read("=&=x"));
        CPPUNIT_ASSERT_EQUAL(std::string("q=a b=c;"), read("q=a+b=c"));
        CPPUNIT_ASSERT_EQUAL(std::string("主题=税 + &=;"), read("%E4%B8%BB%e9%a2%98=%e7%a8%8e+%2B+%26%3D"));
        CPPUNIT_ASSERT_EQUAL(std::string("q=") + '\0' + ";", read("q=%00"));
    }

    void refuses_a_percent_sign_without_digits() {
        for (const std::string_view text : {"q=%", "q=%4", "q=%4x", "q=%+1", "%x=1", "a=1&b=%2&c=3"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                std::string(text),
                std::string("the query holds a % that two hexadecimal digits do not follow"), read(text));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(FormTest);

}  // namespace

}  // namespace hutong
