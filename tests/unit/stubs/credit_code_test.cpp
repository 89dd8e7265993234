// Credit codes and organisation codes, against codes that others published.
#include "stubs/agencies/credit_code.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace hutong::agencies {

class CreditCodeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CreditCodeTest);
    CPPUNIT_TEST(accepts_published_codes);
    CPPUNIT_TEST(knows_the_organisation_codes_within);
    CPPUNIT_TEST(finds_every_single_wrong_character);
    CPPUNIT_TEST(finds_every_swap_of_neighbours);
    CPPUNIT_TEST(names_what_is_wrong);
    CPPUNIT_TEST(builds_the_codes_it_accepts);
    CPPUNIT_TEST(refuses_to_build_from_wrong_parts);
    CPPUNIT_TEST_SUITE_END();

    // The first is the example of GB 32100-2015; the others are companies' public registrations.
    static constexpr std::string_view published[]{
        "91350100M000100Y43",  // GB 32100-2015
        "914403001922038216",  // 华为技术有限公司
        "9144030071526726XG",  // 腾讯
        "91330100799655058B",  // 阿里巴巴（中国）有限公司
        "91110000802100433B",  // 百度
    };

    void accepts_published_codes() {
        for (const auto code : published) CPPUNIT_ASSERT_MESSAGE(std::string(code), !check_credit_code(code));
    }

    void knows_the_organisation_codes_within() {
        CPPUNIT_ASSERT_EQUAL(std::string_view("M000100Y4"), organisation_of(published[0]));
        CPPUNIT_ASSERT_EQUAL(std::string_view("192203821"), organisation_of(published[1]));
        for (const auto code : published) CPPUNIT_ASSERT(!check_organisation_code(organisation_of(code)));
        CPPUNIT_ASSERT(!check_organisation_code("D2143569X"));  // the example of GB 11714
    }

    void finds_every_single_wrong_character() {
        for (const auto code : published)
            for (std::size_t i = 0; i < code.size(); ++i)
                for (const char c : credit_alphabet) {
                    std::string wrong(code);
                    if (wrong[i] == c) continue;
                    wrong[i] = c;
                    CPPUNIT_ASSERT_MESSAGE(wrong, check_credit_code(wrong).has_value());
                }
    }

    void finds_every_swap_of_neighbours() {
        for (const auto code : published)
            for (std::size_t i = 0; i + 1 < code.size(); ++i) {
                std::string wrong(code);
                if (wrong[i] == wrong[i + 1]) continue;
                std::swap(wrong[i], wrong[i + 1]);
                CPPUNIT_ASSERT_MESSAGE(wrong, check_credit_code(wrong).has_value());
            }
    }

    void names_what_is_wrong() {
        CPPUNIT_ASSERT(check_credit_code("") == CodeProblem::length);
        CPPUNIT_ASSERT(check_credit_code("91350100M000100Y4") == CodeProblem::length);
        CPPUNIT_ASSERT(check_credit_code("91350100M000100Y430") == CodeProblem::length);
        CPPUNIT_ASSERT(check_credit_code("91350100I000100Y43") == CodeProblem::alphabet);
        CPPUNIT_ASSERT(check_credit_code("91350100m000100y43") == CodeProblem::alphabet);
        CPPUNIT_ASSERT(check_credit_code("9135010AM000100Y43") == CodeProblem::alphabet);  // region
        CPPUNIT_ASSERT(check_credit_code("91350100M000100Y44") == CodeProblem::credit_check);
        // The outer check fits, the organisation code's own doesn't.
        const std::string body = "91350100M000100Y5";
        CPPUNIT_ASSERT(check_credit_code(body + *credit_check(body)) == CodeProblem::organisation_check);
        CPPUNIT_ASSERT(check_organisation_code("D21435690") == CodeProblem::organisation_check);
        CPPUNIT_ASSERT(check_organisation_code("D2143569-") == CodeProblem::alphabet);
        CPPUNIT_ASSERT(check_organisation_code("D2143569") == CodeProblem::length);
    }

    void builds_the_codes_it_accepts() {
        CPPUNIT_ASSERT_EQUAL(std::string(published[0]), make_credit_code("91", "350100", "M000100Y"));
        CPPUNIT_ASSERT_EQUAL(std::string(published[1]), make_credit_code("91", "440300", "19220382"));
    }

    void refuses_to_build_from_wrong_parts() {
        CPPUNIT_ASSERT_THROW(make_credit_code("9", "350100", "M000100Y"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(make_credit_code("91", "35010", "M000100Y"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(make_credit_code("91", "35O100", "M000100Y"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(make_credit_code("91", "350100", "M000100"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(make_credit_code("91", "350100", "MO00100Y"), std::invalid_argument);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CreditCodeTest);

}  // namespace hutong::agencies
