// A disk that takes no more: callers are told, nothing half-written stays, and it goes on by itself when
// there is room.
//
// The limit is real: the kernel refuses to let this process's files grow beyond RLIMIT_FSIZE.
#include <csignal>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>
#include <sys/resource.h>

#include "fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class DiskFullTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DiskFullTest);
    CPPUNIT_TEST(a_failed_write_leaves_no_trace_and_heals);
    CPPUNIT_TEST(the_reserve_is_kept);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;

    static void limit_files(rlim_t bytes) {
        rlimit limit{};
        CPPUNIT_ASSERT_EQUAL(0, getrlimit(RLIMIT_FSIZE, &limit));
        limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
        CPPUNIT_ASSERT_EQUAL(0, setrlimit(RLIMIT_FSIZE, &limit));
    }
    static bool comes_back(const Journal& journal) {
        for (int i = 0; i < 500 && !journal.writable(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return journal.writable();
    }

    void a_failed_write_leaves_no_trace_and_heals() {
        std::signal(SIGXFSZ, SIG_IGN);
        auto options = small_options();
        options.segment_bytes = 1u << 20;
        const auto journal = open_journal(folder_.path, options);
        append(*journal, make_record("before")).value();
        limit_files(10'000);
        const auto refused = append(*journal, make_record("too-big", std::string(20'000, 'x')));
        CPPUNIT_ASSERT(refused.has_error() && refused.error().code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(refused.error().detail.find("00000001.seg: writing failed: File too large") !=
                       std::string::npos);
        limit_files(RLIM_INFINITY);
        CPPUNIT_ASSERT(comes_back(*journal));
        append(*journal, make_record("after")).value();
        const auto records = read_journal(folder_.path, {}).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, records.size());
        CPPUNIT_ASSERT_EQUAL(std::string("after"), records[0].record.exchange);
        CPPUNIT_ASSERT_EQUAL(std::string(), verify_journal(folder_.path).value().first_fault);
    }

    void the_reserve_is_kept() {
        auto options = small_options();
        options.min_free_bytes = std::uint64_t{1} << 62;
        const auto journal = open_journal(folder_.path, options);
        for (int i = 0; i < 3; ++i) {
            const auto refused = append(*journal, make_record("e"));
            CPPUNIT_ASSERT(refused.has_error() && refused.error().code == ErrorCode::unavailable);
            CPPUNIT_ASSERT(refused.error().detail.find("journal.min_free_bytes") != std::string::npos);
        }
        CPPUNIT_ASSERT(!journal->writable());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, verify_journal(folder_.path).value().records);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DiskFullTest);
