#include <cppunit/extensions/HelperMacros.h>

#include "base/xml/document.hpp"
#include "silent_events.hpp"
#include "tests/oracle/xml_events.hpp"

using namespace hutong;
using test::Silent;

class PushParserLimitsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PushParserLimitsTest);
    CPPUNIT_TEST(holds_no_tag_without_end);
    CPPUNIT_TEST(limits_are_the_same_however_it_is_cut);
    CPPUNIT_TEST(makes_up_names_beside_as_many_as_there_may_be);
    CPPUNIT_TEST(reads_no_reference_without_end);
    CPPUNIT_TEST_SUITE_END();

    static std::string refusal(const std::string& text, const xml::Limits& limits = {}) {
        return test::pushed(text, {}, limits).problem;
    }

    void holds_no_tag_without_end() {
        xml::Limits limits;
        limits.attributes = 2;
        limits.name_bytes = 10;
        limits.attribute_bytes = 100;
        Silent events;
        xml::PushParser parser(limits, events);
        CPPUNIT_ASSERT(parser.feed("<a b='").has_value());
        Result<void> fed;
        for (int i = 0; i < 1000 && fed.has_value(); ++i) fed = parser.feed(">");
        CPPUNIT_ASSERT(fed.has_error() && fed.error().code == ErrorCode::limit);
        CPPUNIT_ASSERT(parser.bytes_fed() < 400);
    }

    void limits_are_the_same_however_it_is_cut() {
        std::string quotes = "<a";
        for (int i = 0; i < 60; ++i) {
            quotes += " a" + std::to_string(i) + "='";
            for (int k = 0; k < 20'000; ++k) quotes += "&quot;";
            quotes += "'";
        }
        const std::string long_name(252, 'p');
        for (const auto& [text, allowed] : std::vector<std::pair<std::string, bool>>{
                 {"<?xml version='1.0'" + std::string(5000, ' ') + "?><a/>", false},
                 {"<?xml version='1.0'" + std::string(4075, ' ') + "?><a/>", true},
                 {"<?xml version='1.0'" + std::string(4076, ' ') + "?><a/>", false},
                 {"<a" + std::string(5'000'000, ' ') + "/>", false},
                 {"<a></a" + std::string(5'000'000, ' ') + ">", false},
                 {quotes + "/>", false},
                 {"<a xmlns:" + long_name + "='urn:u'><" + long_name + ":b/></a>", true}}) {
            const test::Events whole = test::pushed(text, {}, xml::Limits());
            std::vector<std::size_t> cuts;
            for (std::size_t at = 1000; at < text.size(); at += 1000) cuts.push_back(at);
            const test::Events pieces = test::pushed(text, cuts, xml::Limits());
            CPPUNIT_ASSERT_EQUAL(allowed, whole.accepted);
            CPPUNIT_ASSERT_EQUAL(whole.accepted, pieces.accepted);
            CPPUNIT_ASSERT_EQUAL(whole.over_limit, pieces.over_limit);
            CPPUNIT_ASSERT(allowed || whole.over_limit);
            // The limits of reading it whole are no others, but for the three that are this parser's.
            if (allowed) CPPUNIT_ASSERT(xml::parse(text).has_value());
        }
    }

    void makes_up_names_beside_as_many_as_there_may_be() {
        const xml::Limits limits;
        Silent events;
        xml::PushParser parser(limits, events);
        std::string text = "<a>";
        for (int i = 0; i < 32'765; ++i) text += "<a" + std::to_string(i) + "/>";
        CPPUNIT_ASSERT(parser.feed(text).has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("wsu"), std::string(parser.name("wsu")));
        CPPUNIT_ASSERT_EQUAL(std::string(), std::string(parser.name("")));
        CPPUNIT_ASSERT(parser.feed("<one-more/>").has_error());
    }

    void reads_no_reference_without_end() {
        const std::string limit = "line 1: over the limit: a reference of 64 bytes";
        CPPUNIT_ASSERT(refusal("<a>&#" + std::string(50, '0') + "65;</a>").empty());
        CPPUNIT_ASSERT_EQUAL(limit, refusal("<a>&#" + std::string(100, '0') + "65;</a>"));
        CPPUNIT_ASSERT_EQUAL(limit, refusal("<a b='&#x" + std::string(100, '0') + "65;'/>"));
        CPPUNIT_ASSERT(refusal("<a>&" + std::string(100, 'a') + ";</a>").find("begins neither") !=
                       std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PushParserLimitsTest);
