// A file of heads goes on after a line that was cut off.
#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "gateway/main/daemon/head_keeping.hpp"
#include "gateway/main/files.hpp"

using namespace hutong;

class AppendLineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AppendLineTest);
    CPPUNIT_TEST(lines_follow_each_other);
    CPPUNIT_TEST(a_torn_line_takes_no_other_with_it);
    CPPUNIT_TEST(what_cannot_be_written_is_said);
    CPPUNIT_TEST_SUITE_END();

    const std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("hutong-" + new_uuid());
    const std::filesystem::path file_ = folder_ / "node.heads";

  public:
    void setUp() override { std::filesystem::create_directory(folder_); }
    void tearDown() override { std::filesystem::remove_all(folder_); }

    void lines_follow_each_other() {
        for (const char* line : {"one\n", "two\n"}) daemon::append_line(file_, line).value();
        CPPUNIT_ASSERT_EQUAL(std::string("one\ntwo\n"), read_file(file_).value());
    }

    void a_torn_line_takes_no_other_with_it() {
        daemon::append_line(file_, "one\ntw").value();  // as a crash leaves it
        daemon::append_line(file_, "three\n").value();
        CPPUNIT_ASSERT_EQUAL(std::string("one\ntw\nthree\n"), read_file(file_).value());
    }

    void what_cannot_be_written_is_said() {
        const auto outcome = daemon::append_line("/dev/full", "one\n");
        CPPUNIT_ASSERT(outcome.has_error());
        CPPUNIT_ASSERT(outcome.error().detail.starts_with("/dev/full: writing failed: No space left"));
        CPPUNIT_ASSERT(daemon::append_line(folder_ / "none" / "x", "one\n").error().code ==
                       ErrorCode::unavailable);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AppendLineTest);
