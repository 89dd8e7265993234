// Strangers' refusals: so many one by one, then counts, and nothing is lost when the minute is over.
#include "gateway/main/admin/stranger_records.hpp"

#include <vector>

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using admin::StrangerRecords;

class StrangerRecordsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StrangerRecordsTest);
    CPPUNIT_TEST(a_flood_becomes_numbers);
    CPPUNIT_TEST(a_few_are_written_each);
    CPPUNIT_TEST_SUITE_END();

    const TimePoint begin_ = TimePoint(std::chrono::hours(500'000));

  public:
    void a_flood_becomes_numbers() {
        StrangerRecords records;
        unsigned written = 0;
        std::vector<std::uint64_t> told;
        for (int i = 0; i < 1450; ++i) {
            const auto due = records.next(begin_);
            written += due.itself;
            if (due.left_out) told.push_back(due.left_out);
        }
        CPPUNIT_ASSERT_EQUAL(StrangerRecords::most, written);
        CPPUNIT_ASSERT((told == std::vector<std::uint64_t>{1, 10, 100, 1000}));
        // The next minute says how many it were, and writes each again.
        const auto next = records.next(begin_ + StrangerRecords::window);
        CPPUNIT_ASSERT(next.itself && next.left_out == 1250);
        CPPUNIT_ASSERT(records.next(begin_ + StrangerRecords::window).left_out == 0);
    }

    void a_few_are_written_each() {
        StrangerRecords records;
        for (int minute = 0; minute < 3; ++minute)
            for (unsigned i = 0; i < StrangerRecords::most; ++i) {
                const auto due = records.next(begin_ + minute * StrangerRecords::window);
                CPPUNIT_ASSERT(due.itself && due.left_out == 0);
            }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(StrangerRecordsTest);
