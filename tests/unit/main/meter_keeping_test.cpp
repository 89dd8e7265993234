// Bringing figures to the database: one row that it does not take costs no other, and what is lost is known.
#include "gateway/main/daemon/meter_keeping.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::daemon {
namespace {

registry::MeterRow row(std::string operation, std::uint64_t calls = 1) {
    registry::MeterRow made;
    made.consumer = "tax";
    made.service = "gs/company";
    made.operation = std::move(operation);
    made.from = parse_utc("2026-11-01T10:00:00Z").value();
    made.calls = calls;
    return made;
}

class MeterKeepingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MeterKeepingTest);
    CPPUNIT_TEST(a_row_that_is_not_taken_costs_no_other);
    CPPUNIT_TEST(when_none_is_taken_all_but_one_are_kept);
    CPPUNIT_TEST(what_a_stop_loses_is_told);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override { connect(test::embedded_postgres().fresh_database(true)); }

    void a_row_that_is_not_taken_costs_no_other() {
        for (int i = 0; i < 20; ++i) taken_.rows.push_back(row("Get" + std::to_string(i)));
        taken_.rows.push_back(row(std::string("Get\0", 4), 3));
        taken_.rows.push_back(row("G" + noise(), 4));  // more than an index takes
        // One is left out with others that were taken; nothing is brought twice.
        for (int i = 0; i < 3; ++i) run(keeping_->flush());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, keeping_->waiting());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{7}, keeping_->lost());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, number("select count(*) from metering"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{20}, number("select sum(calls)::bigint from metering"));
        taken_.rows.push_back(row("Get1"));
        run(keeping_->finish());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{21}, number("select sum(calls)::bigint from metering"));
    }

    void when_none_is_taken_all_but_one_are_kept() {
        run(pool_->query("alter table metering rename to elsewhere")).value();
        for (int i = 0; i < 20; ++i) taken_.rows.push_back(row("Get" + std::to_string(i)));
        run(keeping_->flush());
        CPPUNIT_ASSERT_EQUAL(std::size_t{19}, keeping_->waiting());
        run(pool_->query("alter table elsewhere rename to metering")).value();
        run(keeping_->flush());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{19}, number("select count(*) from metering"));
    }

    void what_a_stop_loses_is_told() {
        taken_.rows.push_back(row("Get", 5));
        run(keeping_->finish());
        keeping_->tell_rest();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, keeping_->lost());
        connect("postgresql://hutong@127.0.0.1:1/hutong");  // nobody listens there
        taken_.rows = {row("Get", 5), row("List", 6)};
        run(keeping_->finish());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, keeping_->lost());
        keeping_->tell_rest();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{11}, keeping_->lost());
    }

  private:
    // No two parts of it are alike, so that nothing makes it short.
    static std::string noise() {
        std::string text;
        for (unsigned i = 0, x = 1; i < 20'000; ++i, x = x * 1664525 + 1013904223)
            text.push_back(static_cast<char>('!' + (x >> 24) % 90));
        return text;
    }

    void connect(const std::string& url) {
        keeping_.reset();
        pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{}, url);
        metering_ = std::make_unique<registry::Metering>(*pool_);
        keeping_ = std::make_unique<MeterKeeping>(*metering_, "a", [this] { return collect(); });
    }

    Awaitable<gateway::Meter::Taken> collect() { co_return std::exchange(taken_, {}); }

    template <class T>
    T run(Awaitable<T> work) {
        return test::run(context_, std::move(work));
    }
    std::int64_t number(const std::string& text) { return run(pool_->query(text)).value().integer(0, 0); }
    void run(Awaitable<> work) {
        auto done = [&work]() -> Awaitable<bool> {
            co_await std::move(work);
            co_return true;
        };
        test::run(context_, done());
    }

    asio::io_context context_;
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<registry::Metering> metering_;
    std::unique_ptr<MeterKeeping> keeping_;
    gateway::Meter::Taken taken_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MeterKeepingTest);

}  // namespace
}  // namespace hutong::daemon
