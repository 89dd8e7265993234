// The separation has no way back, and the owner's recovery waits, is seen, and can be stopped.
#include "access_fixture.hpp"

namespace hutong::security {
namespace {

class SeparationTest : public AccessFixture {
    CPPUNIT_TEST_SUITE(SeparationTest);
    CPPUNIT_TEST(there_is_no_way_back);
    CPPUNIT_TEST(a_recovery_waits_and_everybody_is_told);
    CPPUNIT_TEST(a_recovery_can_be_stopped);
    CPPUNIT_TEST(it_begins_with_everybody_told_or_not_at_all);
    CPPUNIT_TEST_SUITE_END();

    Result<void> begin(std::chrono::seconds delay, Result<void> ready = Result<void>()) {
        const Separation::Look look = [&](pg::Session&) -> Awaitable<Result<void>> { co_return ready; };
        return run(access_->separation.begin(delay, look));
    }

  public:
    void it_begins_with_everybody_told_or_not_at_all() {
        add("zhao", Role::auditor);
        CPPUNIT_ASSERT(begin(std::chrono::hours(1), refused("not yet")).error().code == ErrorCode::refused);
        CPPUNIT_ASSERT(!run(access_->separation.since()).value());
        sql("alter table officer_notices add constraint away check (false) not valid");
        CPPUNIT_ASSERT(begin(std::chrono::hours(1)).has_error());
        CPPUNIT_ASSERT(!run(access_->separation.since()).value());
        sql("alter table officer_notices drop constraint away");
        begin(std::chrono::hours(1)).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, run(access_->separation.notices_for("zhao")).value().size());
    }

    void there_is_no_way_back() {
        CPPUNIT_ASSERT(!run(access_->separation.since()).value());
        begin(std::chrono::hours(24)).value();
        CPPUNIT_ASSERT(run(access_->separation.since()).value());
        CPPUNIT_ASSERT(begin(std::chrono::hours(1)).error().code == ErrorCode::conflict);
        for (const char* forgery :
             {"update platform set separated = null, recovery_delay = null",
              "update platform set recovery_delay = interval '0'", "update platform set separated = now()"})
            CPPUNIT_ASSERT_MESSAGE(forgery, try_sql(forgery).has_error());
        // The catalogue's generation lives in the same row.
        CPPUNIT_ASSERT(try_sql("select raise_generation()").has_value());
    }

    void a_recovery_waits_and_everybody_is_told() {
        add("li", Role::security);
        add("zhao", Role::auditor);
        CPPUNIT_ASSERT(run(access_->separation.begin_recovery("li")).error().code == ErrorCode::conflict);
        begin(std::chrono::hours(24)).value();
        for (const char* name : {"li", "zhao"}) run(access_->separation.notices_for(name)).value();
        const Recovery begun = run(access_->separation.begin_recovery("li")).value();
        CPPUNIT_ASSERT(!begun.due && begun.effective - begun.asked == std::chrono::hours(24));
        CPPUNIT_ASSERT(run(access_->separation.begin_recovery("zhao")).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(run(access_->separation.finish_recovery("$scrypt$x")).error().code ==
                       ErrorCode::refused);
        const auto told = run(access_->separation.notices_for("zhao")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, told.size());
        CPPUNIT_ASSERT(told[0].find("li") != std::string::npos);
        CPPUNIT_ASSERT(run(access_->separation.notices_for("zhao")).value().empty());
        sql("update officer_recoveries set effective = now()");
        CPPUNIT_ASSERT_EQUAL(std::string("li"),
                             run(access_->separation.finish_recovery("$scrypt$x")).value());
        CPPUNIT_ASSERT(run(access_->accounts.find("li")).value().temporary);
        CPPUNIT_ASSERT(!run(access_->separation.recovery()).value());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, run(access_->separation.notices_for("li")).value().size());
    }

    void a_recovery_can_be_stopped() {
        add("li", Role::security);
        add("zhao", Role::auditor);
        begin(std::chrono::seconds(0)).value();
        CPPUNIT_ASSERT(run(access_->separation.stop_recovery("zhao")).error().code == ErrorCode::not_found);
        run(access_->separation.begin_recovery("li")).value();
        run(access_->separation.stop_recovery("zhao")).value();
        CPPUNIT_ASSERT(run(access_->separation.finish_recovery("$scrypt$x")).error().code ==
                       ErrorCode::not_found);
        CPPUNIT_ASSERT(!run(access_->accounts.find("li")).value().temporary);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SeparationTest);

}  // namespace
}  // namespace hutong::security
