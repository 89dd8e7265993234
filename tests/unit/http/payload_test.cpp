#include "gateway/http/payload.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

class PayloadTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PayloadTest);
    CPPUNIT_TEST(moves_to_an_unlinked_file_beyond_the_limit);
    CPPUNIT_TEST(keeps_its_digest_along_the_way);
    CPPUNIT_TEST(reads_ranges_and_stops_at_the_end);
    CPPUNIT_TEST(says_which_spool_folder_is_bad);
    CPPUNIT_TEST(moving_leaves_nothing_behind);
    CPPUNIT_TEST_SUITE_END();

    void moves_to_an_unlinked_file_beyond_the_limit() {
        const Folder folder;
        Payload payload(10, folder.path);
        payload.append("0123456789").value();
        CPPUNIT_ASSERT(payload.in_memory());
        payload.append("abc").value();
        CPPUNIT_ASSERT(!payload.in_memory());
        CPPUNIT_ASSERT(payload.memory().empty());
        CPPUNIT_ASSERT(std::filesystem::is_empty(folder.path));
        CPPUNIT_ASSERT_EQUAL(std::string("0123456789abc"), payload.text(0, 100).value());
        CPPUNIT_ASSERT(payload.digest() == sha256("0123456789abc"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{13}, payload.size());
    }

    void keeps_its_digest_along_the_way() {
        const Folder folder;
        for (const std::uint64_t limit : {std::uint64_t{4}, std::uint64_t{1000}}) {
            Payload payload(limit, folder.path);
            payload.keep_digest();
            for (const char* piece : {"01", "23", "4567", "89abc"}) payload.append(piece).value();
            Payload moved(std::move(payload));
            CPPUNIT_ASSERT(moved.digest() == sha256("0123456789abc"));
            CPPUNIT_ASSERT(moved.digest() == sha256("0123456789abc"));
        }
    }

    void reads_ranges_and_stops_at_the_end() {
        const Folder folder;
        for (const std::uint64_t limit : {std::uint64_t{1}, std::uint64_t{1000}}) {
            Payload payload(limit, folder.path);
            payload.append("hello ").value();
            payload.append("world").value();
            CPPUNIT_ASSERT_EQUAL(std::string("o wor"), payload.text(4, 5).value());
            char buffer[4];
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, payload.read(10, buffer, sizeof buffer).value());
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, payload.read(11, buffer, sizeof buffer).value());
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, payload.read(UINT64_MAX, buffer, sizeof buffer).value());
        }
    }

    void says_which_spool_folder_is_bad() {
        Payload payload(1, "/nonexistent/spool");
        const auto result = payload.append("ab");
        CPPUNIT_ASSERT(result.has_error());
        CPPUNIT_ASSERT(result.error().code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(result.error().detail.find("/nonexistent/spool") != std::string::npos);
    }

    void moving_leaves_nothing_behind() {
        const Folder folder;
        Payload first(1, folder.path);
        first.append("spooled").value();
        Payload second(std::move(first));
        Payload third;
        third = std::move(second);
        CPPUNIT_ASSERT_EQUAL(std::string("spooled"), third.text(0, 7).value());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, first.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PayloadTest);

}  // namespace hutong::http::test
