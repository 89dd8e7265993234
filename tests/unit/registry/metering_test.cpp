// Metering: batches add up, count once however often they are brought, and are reported by period.
#include "registry/store/metering.hpp"

#include "fixture.hpp"

namespace hutong::registry {
namespace {

TimePoint at(const char* text) {
    return parse_utc(text).value();
}

MeterRow row(const char* consumer, const char* service, const char* operation, const char* hour) {
    MeterRow made;
    made.consumer = consumer;
    made.service = service;
    made.operation = operation;
    made.from = at(hour);
    made.calls = 10;
    made.faults = 1;
    made.bytes_in = 1000;
    made.bytes_out = 2000;
    made.microseconds = 5500;
    return made;
}

class MeteringTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(MeteringTest);
    CPPUNIT_TEST(batches_add_up);
    CPPUNIT_TEST(a_batch_counts_once);
    CPPUNIT_TEST(reports_are_by_period);
    CPPUNIT_TEST(reports_are_of_whom_is_asked_for);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        metering_ = std::make_unique<Metering>(*pool_);
    }

    void batches_add_up() {
        const MeterRow one = row("tax", "gs/company", "Get\"\\,{}", "2026-11-01T10:00:00Z");
        add("a", 1, {one});
        add("a", 2, {one, row("hall", "gs/company", "Get", "2026-11-01T10:00:00Z")});
        add("b", 1, {one});  // another node
        const auto rows = report("hour");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, rows.size());
        CPPUNIT_ASSERT(rows[1].consumer == "tax" && rows[1].operation == one.operation);
        CPPUNIT_ASSERT(rows[1].calls == 30 && rows[1].faults == 3 && rows[1].bytes_in == 3000);
        CPPUNIT_ASSERT(rows[1].bytes_out == 6000 && rows[1].microseconds == 16500);
        CPPUNIT_ASSERT(rows[0].consumer == "hall" && rows[0].calls == 10);
    }

    // What has no answer is brought again; a program that was started again counts from one.
    void a_batch_counts_once() {
        const MeterRow one = row("tax", "gs/company", "Get", "2026-11-01T10:00:00Z");
        add("a", 1, {one});
        add("a", 1, {one});
        CPPUNIT_ASSERT(report("hour").front().calls == 10);
        add("a", 2, {one});
        add("a", 1, {one});
        CPPUNIT_ASSERT(report("hour").front().calls == 20);
        add("a", 1, {one}, "another run");
        CPPUNIT_ASSERT(report("hour").front().calls == 30);
    }

    void reports_are_by_period() {
        add("a", 1,
            {row("tax", "gs/company", "Get", "2026-10-31T23:00:00Z"),
             row("tax", "gs/company", "Get", "2026-11-01T00:00:00Z"),
             row("tax", "gs/company", "Get", "2026-11-01T23:00:00Z")});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, report("hour").size());
        const auto days = report("day");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, days.size());
        CPPUNIT_ASSERT(days[0].from == at("2026-11-01T00:00:00Z") && days[0].calls == 20);
        CPPUNIT_ASSERT(report("month")[1].from == at("2026-10-01T00:00:00Z"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, report("month", "2026-11-01T00:30:00Z").size());
        CPPUNIT_ASSERT(report("month", "2026-11-01T00:30:00Z")[0].calls == 20);
        MeterQuery wrong;
        wrong.by = "week";
        CPPUNIT_ASSERT(run(metering_->report(wrong)).error().code == ErrorCode::invalid);
    }

    void reports_are_of_whom_is_asked_for() {
        add("a", 1,
            {row("tax", "gs/company", "Get", "2026-11-01T10:00:00Z"),
             row("tax", "ds/tax", "Get", "2026-11-01T10:00:00Z"),
             row("hall", "gs/company", "Get", "2026-11-01T10:00:00Z")});
        MeterQuery query;
        query.consumer = "tax";
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, run(metering_->report(query)).value().size());
        query.service = "ds/tax";
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, run(metering_->report(query)).value().size());
        query.consumer = "nobody";
        CPPUNIT_ASSERT(run(metering_->report(query)).value().empty());
    }

  private:
    void add(const char* node, std::uint64_t number, std::vector<MeterRow> rows, const char* run_id = "run") {
        MeterBatch batch;
        batch.node = node;
        batch.run = run_id;
        batch.number = number;
        batch.rows = std::move(rows);
        run(metering_->add(batch)).value();
    }
    std::vector<MeterRow> report(const char* by, const char* since = "2026-01-01T00:00:00Z") {
        MeterQuery query;
        query.by = by;
        query.since = at(since);
        return run(metering_->report(query)).value();
    }

    std::unique_ptr<Metering> metering_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MeteringTest);

}  // namespace
}  // namespace hutong::registry
