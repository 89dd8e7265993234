// kill -9 at random moments: everything that was acknowledged is in the journal afterwards, and the chain
// holds.
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include <cppunit/extensions/HelperMacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class CrashTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CrashTest);
    CPPUNIT_TEST(acknowledged_records_survive_kill_9);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;

    // In the child: appends without end from two threads and reports each acknowledged number through the
    // pipe.
    [[noreturn]] static void append_until_killed(const std::filesystem::path& folder, std::uint64_t first,
                                                 int report) {
        auto options = small_options();
        options.segment_bytes = 64u << 10;
        const auto journal = open_journal(folder, options);
        const auto work = [&](std::uint64_t number) {
            for (;; number += 2) {
                const std::string content(number % 7 * 700, 'c');
                journal->append(make_record(std::to_string(number), content),
                                [number, report](const Result<Position>& position) {
                                    if (position && write(report, &number, sizeof number) != sizeof number)
                                        _exit(2);
                                });
                if (number % 16 < 2) std::this_thread::yield();
            }
        };
        std::thread second(work, first + 1);
        work(first);
        _exit(2);
    }

    void acknowledged_records_survive_kill_9() {
        constexpr int rounds = 20;
        std::mt19937 random(20261123);
        std::set<std::uint64_t> acknowledged;
        for (int round = 0; round < rounds; ++round) {
            int ends[2];
            CPPUNIT_ASSERT_EQUAL(0, pipe(ends));
            const pid_t child = fork();
            CPPUNIT_ASSERT(child >= 0);
            if (child == 0) {
                close(ends[0]);
                append_until_killed(folder_.path, static_cast<std::uint64_t>(round) * 10'000'000, ends[1]);
            }
            close(ends[1]);
            const auto acknowledge_at_least = acknowledged.size() + 1 + random() % 400;
            std::uint64_t number = 0;
            while (acknowledged.size() < acknowledge_at_least &&
                   read(ends[0], &number, sizeof number) == sizeof number)
                acknowledged.insert(number);
            CPPUNIT_ASSERT_EQUAL(0, kill(child, SIGKILL));
            while (read(ends[0], &number, sizeof number) == sizeof number) acknowledged.insert(number);
            close(ends[0]);
            int status = 0;
            CPPUNIT_ASSERT_EQUAL(child, waitpid(child, &status, 0));
            CPPUNIT_ASSERT(WIFSIGNALED(status));
        }
        open_journal(folder_.path);
        const auto report = verify_journal(folder_.path).value();
        CPPUNIT_ASSERT_EQUAL(std::string(), report.first_fault);
        std::set<std::uint64_t> stored;
        for_each_record(folder_.path, std::nullopt, [&](const StoredRecord& found) {
            if (found.record.kind == RecordKind::request) stored.insert(std::stoull(found.record.exchange));
        }).value();
        CPPUNIT_ASSERT(acknowledged.size() >= rounds);
        for (const auto number : acknowledged)
            CPPUNIT_ASSERT_MESSAGE("lost " + std::to_string(number), stored.contains(number));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CrashTest);
