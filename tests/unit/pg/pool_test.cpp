// The pool against both kinds of server: the embedded one by socket, an external one by TCP and password.
#include "base/pg/pool.hpp"

#include <set>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cppunit/extensions/HelperMacros.h>

#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::pg {
namespace {

using std::chrono::milliseconds;
using test::run;

class PoolTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PoolTest);
    CPPUNIT_TEST(values_go_and_come_back);
    CPPUNIT_TEST(a_large_value_goes_both_ways);
    CPPUNIT_TEST(a_transaction_commits);
    CPPUNIT_TEST(an_error_of_the_work_rolls_back);
    CPPUNIT_TEST(an_exception_of_the_work_rolls_back);
    CPPUNIT_TEST(a_failed_statement_that_was_passed_over_is_no_commit);
    CPPUNIT_TEST(of_two_in_each_other_s_way_both_are_done);
    CPPUNIT_TEST(what_is_always_in_the_way_is_given_up);
    CPPUNIT_TEST(other_failures_are_not_tried_again);
    CPPUNIT_TEST(constraints_have_their_codes);
    CPPUNIT_TEST(a_deferred_constraint_fails_the_commit);
    CPPUNIT_TEST(many_callers_share_few_connections);
    CPPUNIT_TEST(waiting_for_a_connection_has_a_limit);
    CPPUNIT_TEST(a_statement_has_a_limit);
    CPPUNIT_TEST(a_caller_may_give_up);
    CPPUNIT_TEST(a_closed_pool_says_so);
    CPPUNIT_TEST_SUITE_END_ABSTRACT();

  public:
    void setUp() override {
        url_ = server().fresh_database();
        pool_ = std::make_unique<Pool>(context_.get_executor(), options_, url_);
        query("create table parent (id text primary key)");
        query(
            "create table child (id integer primary key check (id > 0), parent text not null references "
            "parent "
            "deferrable)");
    }

    void values_go_and_come_back() {
        const Bytes raw{0, 1, 0xff, '\\'};
        const Rows rows = query("select $1::text, $2::text, $3::bytea, $4::bigint, $5::boolean",
                                {"互通 '\\\"", std::nullopt, bytea(raw), "-9007199254740993", "true"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rows.size());
        CPPUNIT_ASSERT_EQUAL(std::string("互通 '\\\""), std::string(rows.text(0, 0)));
        CPPUNIT_ASSERT(!rows.value(0, 1));
        CPPUNIT_ASSERT(rows.bytes(0, 2) == raw);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{-9007199254740993}, rows.integer(0, 3));
        CPPUNIT_ASSERT(rows.boolean(0, 4));
        CPPUNIT_ASSERT_THROW(rows.text(0, 5), std::out_of_range);
        CPPUNIT_ASSERT_THROW(rows.text(1, 0), std::out_of_range);
        CPPUNIT_ASSERT(failure("select $1::text", {std::string("a\0b", 3)}).code == ErrorCode::invalid);
        CPPUNIT_ASSERT(failure("select $1::text", {"\xff"}).code == ErrorCode::invalid);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3},
                             query("insert into parent values ('a'), ('b'), ('c')").affected());
    }

    void a_large_value_goes_both_ways() {
        const std::string large(8u << 20, 'x');
        const Rows rows = query("select $1::text", {large});
        CPPUNIT_ASSERT(rows.text(0, 0) == large);
    }

    void a_transaction_commits() {
        CPPUNIT_ASSERT(transact("insert into parent values ('a')").has_value());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("parent"));
    }

    void an_error_of_the_work_rolls_back() {
        const auto done = run(context_, pool_->transaction([](Session& session) -> Awaitable<Result<void>> {
            auto added = co_await session.query("insert into parent values ('a')");
            if (added.has_error()) co_return added.error();
            co_return refused("changed my mind");
        }));
        CPPUNIT_ASSERT_EQUAL(std::string("changed my mind"), done.error().detail);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("parent"));
    }

    void an_exception_of_the_work_rolls_back() {
        CPPUNIT_ASSERT_THROW(
            run(context_, pool_->transaction([](Session& session) -> Awaitable<Result<void>> {
                (co_await session.query("insert into parent values ('a')")).value();
                throw std::runtime_error("out of paper");
            })),
            std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("parent"));
    }

    void a_failed_statement_that_was_passed_over_is_no_commit() {
        const auto done = run(context_, pool_->transaction([](Session& session) -> Awaitable<Result<void>> {
            (co_await session.query("insert into parent values ('a')")).value();
            auto wrong = co_await session.query("insert into child values (0, 'a')");
            CPPUNIT_ASSERT(wrong.error().code == ErrorCode::invalid);
            co_return Result<void>();
        }));
        CPPUNIT_ASSERT(done.error().code == ErrorCode::internal);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("parent"));
    }

    void of_two_in_each_other_s_way_both_are_done() {
        query("insert into parent values ('a'), ('b')");
        unsigned tries = 0, holding = 0;
        std::vector<Result<void>> done;
        lock_both("a", "b", tries, holding, done);
        lock_both("b", "a", tries, holding, done);
        test::run_until(context_, [&] { return done.size() == 2; });
        for (const auto& one : done)
            CPPUNIT_ASSERT_MESSAGE(one.has_error() ? one.error().detail : "", one.has_value());
        CPPUNIT_ASSERT_EQUAL(3u, tries);  // one of them was ended by the server, and begun anew
        CPPUNIT_ASSERT_EQUAL(std::int64_t{6}, count("child"));
    }

    void what_is_always_in_the_way_is_given_up() {
        unsigned tries = 0;
        const auto done = fail_with("40001", tries);
        CPPUNIT_ASSERT(done.error().code == ErrorCode::timeout);
        CPPUNIT_ASSERT_EQUAL(Pool::most_tries, tries);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("parent"));
    }

    void other_failures_are_not_tried_again() {
        unsigned tries = 0;
        CPPUNIT_ASSERT(fail_with("23505", tries).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT_EQUAL(1u, tries);
        // Nor does what happened to a connection before count.
        tries = 0;
        fail_with("40001", tries);
        tries = 0;
        CPPUNIT_ASSERT(fail_with("22000", tries).error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT_EQUAL(1u, tries);
    }

    void constraints_have_their_codes() {
        query("insert into parent values ('a')");
        query("insert into child values (1, 'a')");
        const auto code = [this](const char* sql) { return std::string(to_string(failure(sql).code)); };
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(ErrorCode::conflict)),
                             code("insert into parent values ('a')"));
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(ErrorCode::not_found)),
                             code("insert into child values (2, 'b')"));
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(ErrorCode::conflict)), code("delete from parent"));
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(ErrorCode::invalid)),
                             code("insert into child values (0, 'a')"));
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(ErrorCode::invalid)),
                             code("insert into child values (3, null)"));
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(ErrorCode::internal)), code("selekt"));
        CPPUNIT_ASSERT(failure("select 1/0 as \"two\nlines\"").detail.find('\n') == std::string::npos);
    }

    void a_deferred_constraint_fails_the_commit() {
        const auto done = transact("set constraints all deferred; insert into child values (1, 'nobody')");
        CPPUNIT_ASSERT_EQUAL(std::string(to_string(ErrorCode::not_found)),
                             std::string(to_string(done.error().code)));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("child"));
    }

    void many_callers_share_few_connections() {
        std::multiset<std::string> served;
        for (int caller = 0; caller < 60; ++caller) {
            asio::co_spawn(
                context_,
                [this, &served]() -> Awaitable<void> {
                    const auto rows = co_await pool_->query("select pg_backend_pid(), pg_sleep(0.005)");
                    served.emplace(rows.value().text(0, 0));
                },
                asio::detached);
        }
        test::run_until(context_, [&] { return served.size() == 60; });
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, std::set<std::string>(served.begin(), served.end()).size());
    }

    void waiting_for_a_connection_has_a_limit() {
        options_.pool_size = 1;
        options_.connect_timeout = milliseconds(300);
        Pool small(context_.get_executor(), options_, url_);
        std::optional<Error> second;
        const auto first = run(context_, small.transaction([&](Session& session) -> Awaitable<Result<void>> {
            (co_await session.query("select 1")).value();
            auto waited = co_await small.query("select 2");
            second = waited.error();
            co_return Result<void>();
        }));
        CPPUNIT_ASSERT(first.has_value());
        CPPUNIT_ASSERT(second && second->code == ErrorCode::timeout);
        CPPUNIT_ASSERT(second->detail.find("database.pool_size") != std::string::npos);
        CPPUNIT_ASSERT(run(context_, small.query("select 3")).has_value());
    }

    void a_statement_has_a_limit() {
        options_.statement_timeout = milliseconds(200);
        Pool hasty(context_.get_executor(), options_, url_);
        const auto slow = run(context_, hasty.query("select pg_sleep(100)"));
        CPPUNIT_ASSERT(slow.error().code == ErrorCode::timeout);
        CPPUNIT_ASSERT(run(context_, hasty.query("select 1")).has_value());
    }

    void a_caller_may_give_up() {
        using namespace asio::experimental::awaitable_operators;
        for (int round = 0; round < 5; ++round) {
            const bool answered = run(context_, [this]() -> Awaitable<bool> {
                asio::steady_timer patience(co_await asio::this_coro::executor, milliseconds(30));
                const auto first = co_await (pool_->query("select pg_sleep(100)") ||
                                             patience.async_wait(asio::use_awaitable));
                co_return first.index() == 0;
            }());
            CPPUNIT_ASSERT(!answered);
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("parent"));  // more often than there are connections
    }

    void a_closed_pool_says_so() {
        pool_->close();
        const Error error = failure("select 1");
        CPPUNIT_ASSERT(error.code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(!pool_->available());
    }

  protected:
    virtual test::TestServer& server() = 0;

  private:
    Rows query(const std::string& sql, const Params& params = {}) {
        return run(context_, pool_->query(sql, params)).value();
    }
    Error failure(const std::string& sql, const Params& params = {}) {
        auto done = run(context_, pool_->query(sql, params));
        CPPUNIT_ASSERT_MESSAGE(sql, done.has_error());
        return done.error();
    }
    Result<void> transact(const std::string& sql) {
        return run(context_, pool_->transaction([sql](Session& session) -> Awaitable<Result<void>> {
            auto done = co_await session.query(sql);
            if (done.has_error()) co_return done.error();
            co_return Result<void>();
        }));
    }
    // Adds three children of `first` under its lock, then takes the other's, which the other one holds by
    // then.
    void lock_both(const std::string& first, const std::string& second, unsigned& tries, unsigned& holding,
                   std::vector<Result<void>>& done) {
        const auto work = [&tries, &holding, first, second](Session& session) -> Awaitable<Result<void>> {
            ++tries;
            const std::string lock = "select 1 from parent where id = '" + first + "' for update; ";
            const std::string from = first == "a" ? "1" : "4";
            auto added = co_await session.query(lock + "insert into child select n, '" + first +
                                                "' from generate_series(" + from + ", " + from + " + 2) n");
            if (added.has_error()) co_return added.error();
            ++holding;
            asio::steady_timer timer(co_await asio::this_coro::executor);
            while (holding < 2) {
                timer.expires_after(milliseconds(5));
                co_await timer.async_wait(asio::use_awaitable);
            }
            auto locked =
                co_await session.query("select 1 from parent where id = '" + second + "' for update");
            if (locked.has_error()) co_return refused("whatever the work makes of it");
            co_return Result<void>();
        };
        const auto run_it = [this, work, &done]() -> Awaitable<void> {
            const auto outcome = co_await pool_->repeatable_transaction(work);
            done.push_back(outcome);
        };
        asio::co_spawn(context_, run_it, asio::detached);
    }
    Result<void> fail_with(const std::string& state, unsigned& tries) {
        return run(context_, pool_->repeatable_transaction([&](Session& session) -> Awaitable<Result<void>> {
            ++tries;
            auto added = co_await session.query("insert into parent values ('a')");
            if (added.has_error()) co_return added.error();
            auto failed = co_await session.query("do $$ begin raise exception 'x' using errcode = '" + state +
                                                 "'; end $$");
            if (failed.has_error()) co_return failed.error();
            co_return Result<void>();
        }));
    }
    std::int64_t count(const std::string& table) {
        return query("select count(*) from " + table).integer(0, 0);
    }

    static config::Database two_connections() {
        config::Database options;
        options.pool_size = 2;
        return options;
    }

    asio::io_context context_;
    config::Database options_{two_connections()};
    std::string url_;
    std::unique_ptr<Pool> pool_;
};

class EmbeddedPoolTest : public PoolTest {
    CPPUNIT_TEST_SUB_SUITE(EmbeddedPoolTest, PoolTest);
    CPPUNIT_TEST_SUITE_END();
    test::TestServer& server() override { return test::embedded_postgres(); }
};

class ExternalPoolTest : public PoolTest {
    CPPUNIT_TEST_SUB_SUITE(ExternalPoolTest, PoolTest);
    CPPUNIT_TEST_SUITE_END();
    test::TestServer& server() override { return test::external_postgres(); }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EmbeddedPoolTest);
CPPUNIT_TEST_SUITE_REGISTRATION(ExternalPoolTest);

}  // namespace
}  // namespace hutong::pg
