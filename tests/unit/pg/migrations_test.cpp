// Numbered migrations: once each, whole or not at all, and never over a schema that is not ours.
#include "base/pg/migrations.hpp"

#include <thread>

#include <cppunit/extensions/HelperMacros.h>

#include "base/pg/pool.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::pg {
namespace {

class MigrationsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MigrationsTest);
    CPPUNIT_TEST(the_builtin_ones_run_once);
    CPPUNIT_TEST(later_ones_are_added);
    CPPUNIT_TEST(a_newer_schema_is_refused);
    CPPUNIT_TEST(a_changed_migration_is_refused);
    CPPUNIT_TEST(a_hole_is_refused);
    CPPUNIT_TEST(a_failing_one_leaves_nothing);
    CPPUNIT_TEST(two_programs_at_once);
    CPPUNIT_TEST(a_missing_server_is_unavailable);
    CPPUNIT_TEST_SUITE_END();

    const Migration one{1, "one", "create table one (id integer)"};
    const Migration two{2, "two", "create table two (id integer); insert into two values (2)"};
    const Migration three{3, "three", "create table three (id integer)"};

  public:
    void setUp() override { url_ = test::embedded_postgres().fresh_database(); }

    void the_builtin_ones_run_once() {
        const unsigned known = static_cast<unsigned>(builtin_migrations().size());
        CPPUNIT_ASSERT(known >= 2);
        CPPUNIT_ASSERT_EQUAL(known, migrate(url_).value());
        CPPUNIT_ASSERT_EQUAL(0u, migrate(url_).value());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, number("select generation from platform"));
    }

    void later_ones_are_added() {
        CPPUNIT_ASSERT_EQUAL(1u, migrate(url_, {one}).value());
        CPPUNIT_ASSERT_EQUAL(2u, migrate(url_, {one, two, three}).value());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, number("select id from two"));
    }

    void a_newer_schema_is_refused() {
        migrate(url_, {one, two}).value();
        const auto done = migrate(url_, {one});
        CPPUNIT_ASSERT(done.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT(done.error().detail.find("newer") != std::string::npos);
        CPPUNIT_ASSERT(done.error().detail.find("migration 2 (two)") != std::string::npos);
    }

    void a_changed_migration_is_refused() {
        migrate(url_, {one, two}).value();
        Migration edited = one;
        edited.sql += " -- a harmless comment";
        const auto done = migrate(url_, {edited, two, three});
        CPPUNIT_ASSERT(done.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT(done.error().detail.find("migration 1 (one)") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             number("select count(*) from pg_tables where tablename = 'three'"));
    }

    void a_hole_is_refused() {
        migrate(url_, {one, three}).value();
        CPPUNIT_ASSERT(migrate(url_, {one, two, three}).error().code == ErrorCode::refused);
    }

    void a_failing_one_leaves_nothing() {
        const Migration bad{2, "bad", "create table half (id integer); select 1/0"};
        const auto done = migrate(url_, {one, bad});
        CPPUNIT_ASSERT(done.error().detail.starts_with("migration 2 (bad): "));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             number("select count(*) from pg_tables where tablename = 'half'"));
        CPPUNIT_ASSERT_EQUAL(1u, migrate(url_, {one, two}).value());
    }

    void two_programs_at_once() {
        for (int round = 0; round < 3; ++round) {
            const std::string url = test::embedded_postgres().fresh_database();
            Result<unsigned> first = 0u;
            Result<unsigned> second = 0u;
            std::thread other([&] { first = migrate(url); });
            second = migrate(url);
            other.join();
            CPPUNIT_ASSERT_EQUAL(static_cast<unsigned>(builtin_migrations().size()), *first + *second);
        }
    }

    void a_missing_server_is_unavailable() {
        CPPUNIT_ASSERT(migrate("postgresql://me@/none?host=/nowhere").error().code == ErrorCode::unavailable);
    }

  private:
    std::int64_t number(const std::string& sql) {
        asio::io_context context;
        Pool pool(context.get_executor(), {}, url_);
        return test::run(context, pool.query(sql)).value().integer(0, 0);
    }
    std::string url_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(MigrationsTest);

}  // namespace
}  // namespace hutong::pg
