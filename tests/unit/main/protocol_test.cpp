// The administration protocol: lengths, requests and answers, and what is refused.
#include "gateway/main/admin/protocol.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using namespace hutong::admin;

class ProtocolTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProtocolTest);
    CPPUNIT_TEST(lengths_come_back);
    CPPUNIT_TEST(too_long_and_empty_are_refused);
    CPPUNIT_TEST(a_request_comes_back);
    CPPUNIT_TEST(malformed_requests_are_refused);
    CPPUNIT_TEST(errors_keep_code_and_detail);
    CPPUNIT_TEST(malformed_answers_are_refused);
    CPPUNIT_TEST(deep_nesting_is_refused);
    CPPUNIT_TEST_SUITE_END();

  public:
    void lengths_come_back() {
        for (std::size_t length :
             {std::size_t{1}, std::size_t{255}, std::size_t{256}, std::size_t{0x01020304}}) {
            const auto read = announced_length(length_prefix(length), 0xffffffffu);
            CPPUNIT_ASSERT(read);
            CPPUNIT_ASSERT_EQUAL(length, *read);
        }
    }

    void too_long_and_empty_are_refused() {
        CPPUNIT_ASSERT(announced_length(length_prefix(100), 100));
        const auto more = announced_length(length_prefix(101), 100);
        CPPUNIT_ASSERT(!more);
        CPPUNIT_ASSERT(more.error().code == ErrorCode::limit);
        CPPUNIT_ASSERT(!announced_length(length_prefix(0), 100));
    }

    void a_request_comes_back() {
        const auto read = parse_request(request_text({"org.add", {{"id", "gs"}, {"name", "工商"}}}));
        CPPUNIT_ASSERT(read);
        CPPUNIT_ASSERT_EQUAL(std::string("org.add"), read->command);
        CPPUNIT_ASSERT_EQUAL(std::string("工商"), std::string(read->arguments.at("name").as_string()));
    }

    void malformed_requests_are_refused() {
        for (const char* text : {"", "x", "[]", "{}", "{\"command\": 7}", "{\"command\": \"a\"} trailing",
                                 "{\"command\": \"a\", \"arguments\": []}", "{\"command\": \"\xff\"}"}) {
            const auto read = parse_request(text);
            CPPUNIT_ASSERT_MESSAGE(text, !read);
            CPPUNIT_ASSERT(read.error().code == ErrorCode::invalid);
        }
    }

    void errors_keep_code_and_detail() {
        for (ErrorCode code : {ErrorCode::invalid, ErrorCode::not_found, ErrorCode::conflict,
                               ErrorCode::refused, ErrorCode::limit, ErrorCode::unavailable,
                               ErrorCode::timeout, ErrorCode::corrupt, ErrorCode::internal}) {
            const auto read = parse_answer(answer_text({Error{code, "why \"so\""}})).answer;
            CPPUNIT_ASSERT(!read);
            CPPUNIT_ASSERT(read.error().code == code);
            CPPUNIT_ASSERT_EQUAL(std::string("why \"so\""), read.error().detail);
        }
        const auto fine = parse_answer(answer_text({json::value(json::object{{"n", 7}})})).answer;
        CPPUNIT_ASSERT(fine);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, fine->at("n").as_int64());
    }

    void malformed_answers_are_refused() {
        for (const char* text : {"", "{}", "{\"ok\": 1}", "{\"ok\": false}", "{\"ok\": false, \"error\": 3}"})
            CPPUNIT_ASSERT_MESSAGE(text, !parse_answer(text).answer);
    }

    void deep_nesting_is_refused() {
        const std::string deep = "{\"command\": \"a\", \"arguments\": {\"x\": " + std::string(1000, '[') +
                                 std::string(1000, ']') + "}}";
        CPPUNIT_ASSERT(!parse_request(deep));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProtocolTest);
