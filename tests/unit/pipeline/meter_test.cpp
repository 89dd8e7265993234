// What a data thread counts of calls.
#include "gateway/monitor/meter.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace hutong::gateway {
namespace {

class MeterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MeterTest);
    CPPUNIT_TEST(calls_of_a_kind_and_hour_add_up);
    CPPUNIT_TEST(what_was_taken_is_counted_no_more);
    CPPUNIT_TEST(kinds_are_bounded);
    CPPUNIT_TEST_SUITE_END();

  public:
    void calls_of_a_kind_and_hour_add_up() {
        Meter meter;
        meter.count(call("tax", "Get", "2026-11-01T10:00:00Z"));
        MeteredCall failed = call("tax", "Get", "2026-11-01T10:59:59Z");
        failed.fault = true;
        meter.count(failed);
        meter.count(call("tax", "Get", "2026-11-01T11:00:00Z"));
        meter.count(call("tax", "List", "2026-11-01T10:00:00Z"));
        meter.count(call("hall", "Get", "2026-11-01T10:00:00Z"));
        const Meter::Taken taken = meter.take();
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, taken.rows.size());
        for (const registry::MeterRow& row : taken.rows) {
            CPPUNIT_ASSERT_EQUAL(std::string("gs/company"), row.service);
            const bool both = row.consumer == "tax" && row.operation == "Get" &&
                              row.from == parse_utc("2026-11-01T10:00:00Z").value();
            const std::uint64_t calls = both ? 2 : 1;
            CPPUNIT_ASSERT_EQUAL(calls, row.calls);
            CPPUNIT_ASSERT_EQUAL(calls - 1, row.faults);
            CPPUNIT_ASSERT_EQUAL(calls * 100, row.bytes_in);
            CPPUNIT_ASSERT_EQUAL(calls * 200, row.bytes_out);
            CPPUNIT_ASSERT_EQUAL(calls * 300, row.microseconds);
        }
    }

    void what_was_taken_is_counted_no_more() {
        Meter meter;
        CPPUNIT_ASSERT(meter.take().rows.empty());
        meter.count(call("tax", "Get", "2026-11-01T10:00:00Z"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, meter.take().rows.size());
        CPPUNIT_ASSERT(meter.take().rows.empty());
    }

    void kinds_are_bounded() {
        Meter meter;
        for (std::size_t i = 0; i < Meter::most_kinds + 5; ++i)
            meter.count(call("consumer" + std::to_string(i), "Get", "2026-11-01T10:00:00Z"));
        meter.count(call("consumer0", "Get", "2026-11-01T10:00:00Z"));  // known: counted
        Meter::Taken taken = meter.take();
        CPPUNIT_ASSERT_EQUAL(Meter::most_kinds, taken.rows.size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{5}, taken.left_out);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, meter.take().left_out);
    }

  private:
    static MeteredCall call(std::string_view consumer, std::string_view operation, const char* at) {
        MeteredCall made;
        made.consumer = consumer;
        made.service = "gs/company";
        made.operation = operation;
        made.at = parse_utc(at).value();
        made.bytes_in = 100;
        made.bytes_out = 200;
        made.took = std::chrono::microseconds(300);
        return made;
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MeterTest);

}  // namespace
}  // namespace hutong::gateway
