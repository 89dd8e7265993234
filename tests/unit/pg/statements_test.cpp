// Statements that come again are prepared: which, and what a caller sees of it (nothing).
#include <cppunit/extensions/HelperMacros.h>

#include "base/pg/pool.hpp"
#include "base/pg/statement_names.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::pg {
namespace {

class StatementNamesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StatementNamesTest);
    CPPUNIT_TEST(what_comes_again_gets_a_name);
    CPPUNIT_TEST(the_one_used_longest_ago_goes);
    CPPUNIT_TEST(what_was_seen_once_goes_without_a_word);
    CPPUNIT_TEST(no_two_connections_have_a_name_in_common);
    CPPUNIT_TEST_SUITE_END();

    void what_comes_again_gets_a_name() {
        StatementNames names(2);
        CPPUNIT_ASSERT(names.choose("a").name.empty());
        const auto second = names.choose("a");
        CPPUNIT_ASSERT(!second.name.empty() && second.prepare);
        const auto third = names.choose("a");
        CPPUNIT_ASSERT_EQUAL(second.name, third.name);
        CPPUNIT_ASSERT(!third.prepare);
        names.forget("a");
        CPPUNIT_ASSERT(names.choose("a").name.empty());
        names.choose("b");
        CPPUNIT_ASSERT(names.choose("a").name != names.choose("b").name);
    }

    void the_one_used_longest_ago_goes() {
        StatementNames names(2);
        for (const char* sql : {"a", "a", "b", "b", "a"}) names.choose(sql);
        const std::string b = names.choose("b").name, a = names.choose("a").name;
        const auto third = names.choose("c");
        CPPUNIT_ASSERT(third.name.empty());
        CPPUNIT_ASSERT_EQUAL(b, third.deallocate);
        CPPUNIT_ASSERT_EQUAL(a, names.choose("a").name);
    }

    void what_was_seen_once_goes_without_a_word() {
        StatementNames names(2);
        names.choose("a");
        names.choose("b");
        CPPUNIT_ASSERT(names.choose("c").deallocate.empty());
    }

    void no_two_connections_have_a_name_in_common() {
        StatementNames one, other;
        one.choose("a");
        other.choose("a");
        CPPUNIT_ASSERT(one.choose("a").name != other.choose("a").name);
    }
};

class PreparedTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PreparedTest);
    CPPUNIT_TEST(a_statement_that_comes_again_is_prepared);
    CPPUNIT_TEST(there_are_never_many);
    CPPUNIT_TEST(one_that_fails_is_not_remembered);
    CPPUNIT_TEST(a_table_that_was_changed_costs_one_connection);
    CPPUNIT_TEST(a_transaction_begins_anew_when_a_table_was_changed);
    CPPUNIT_TEST(what_fails_within_a_transaction_leaves_nothing_behind);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        options_.pool_size = 1;
        pool_ = std::make_unique<Pool>(context_.get_executor(), options_,
                                       test::embedded_postgres().fresh_database());
    }

  private:
    Result<Rows> ask(const std::string& sql, const Params& params = {}) {
        return test::run(context_, pool_->query(sql, params));
    }
    std::int64_t prepared() {
        return ask("select count(*) from pg_prepared_statements").value().integer(0, 0);
    }

    void a_statement_that_comes_again_is_prepared() {
        for (const char* value : {"1", "2", "3"})
            CPPUNIT_ASSERT_EQUAL(std::string(value),
                                 std::string(ask("select $1::int", {value}).value().text(0, 0)));
        CPPUNIT_ASSERT(!ask("select $1::int", {std::nullopt}).value().value(0, 0));
        CPPUNIT_ASSERT(ask("select $1::int", {"no number"}).error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT_EQUAL(std::string("7"), std::string(ask("select $1::int", {"7"}).value().text(0, 0)));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, prepared());
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{2},
            ask("select generic_plans + custom_plans from pg_prepared_statements").value().integer(0, 0) -
                2);  // the values 2, 3, NULL and 7
    }

    void there_are_never_many() {
        for (int n = 0; n < 300; ++n)
            for (int times = 0; times < 2; ++times)
                CPPUNIT_ASSERT_EQUAL(std::int64_t{n},
                                     ask("select $1::int as c" + std::to_string(n), {std::to_string(n)})
                                         .value()
                                         .integer(0, 0));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{128}, prepared());
    }

    void one_that_fails_is_not_remembered() {
        for (int n = 0; n < 3; ++n) CPPUNIT_ASSERT(ask("select a from late where a = $1", {"1"}).has_error());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, prepared());
        ask("create table late (a int)").value();
        for (int n = 0; n < 3; ++n) CPPUNIT_ASSERT(ask("select a from late where a = $1", {"1"})->empty());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, prepared());
    }

    void a_table_that_was_changed_costs_one_connection() {
        ask("create table changed (a int)").value();
        for (int n = 0; n < 3; ++n) CPPUNIT_ASSERT(ask("select * from changed where a > $1", {"0"})->empty());
        ask("alter table changed alter a type text").value();
        CPPUNIT_ASSERT(ask("select * from changed where a > $1", {"0"}).has_error());
        CPPUNIT_ASSERT(ask("select * from changed where a > $1", {"0"})->empty());
    }

    void a_transaction_begins_anew_when_a_table_was_changed() {
        ask("create table changed (a int)").value();
        for (int n = 0; n < 3; ++n) CPPUNIT_ASSERT(ask("select * from changed where a > $1", {"0"})->empty());
        ask("alter table changed alter a type text").value();
        int tries = 0;
        const auto done = test::run(
            context_, pool_->repeatable_transaction([&](Session& session) -> Awaitable<Result<void>> {
                ++tries;
                const Params zero{"0"};
                auto rows = co_await session.query("select * from changed where a > $1", zero);
                if (rows.has_error()) co_return rows.error();
                co_return Result<void>();
            }));
        CPPUNIT_ASSERT(done.has_value());
        CPPUNIT_ASSERT_EQUAL(2, tries);
    }

    // Neither a name that the server does not know nor one that is not counted.
    void what_fails_within_a_transaction_leaves_nothing_behind() {
        const std::string sql = "select $1::int as seen_once";
        ask(sql, {"1"}).value();
        const auto done =
            test::run(context_, pool_->transaction([&](Session& session) -> Awaitable<Result<void>> {
                (co_await session.query("select 1/0")).has_error();
                const Params two{"2"};
                auto rows = co_await session.query(sql, two);
                co_return rows.error();
            }));
        CPPUNIT_ASSERT(done.has_error());
        for (int n = 0; n < 3; ++n)
            CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, ask(sql, {"5"}).value().integer(0, 0));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, prepared());
        const auto evicts =
            test::run(context_, pool_->transaction([&](Session& session) -> Awaitable<Result<void>> {
                (co_await session.query("select 1/0")).has_error();
                for (int n = 0; n < 130; ++n) {
                    Params params{"1"};
                    (co_await session.query("select $1::int as c" + std::to_string(n), params)).has_error();
                }
                co_return refused("enough");
            }));
        CPPUNIT_ASSERT(evicts.has_error());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, prepared());  // on a new connection
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, ask(sql, {"5"}).value().integer(0, 0));
    }

    asio::io_context context_;
    config::Database options_;
    std::unique_ptr<Pool> pool_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(StatementNamesTest);
CPPUNIT_TEST_SUITE_REGISTRATION(PreparedTest);

}  // namespace
}  // namespace hutong::pg
