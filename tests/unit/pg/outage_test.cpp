// A server that goes away, comes back, was never there, or says nothing.
#include <thread>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cppunit/extensions/HelperMacros.h>

#include "base/pg/pool.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::pg {
namespace {

using std::chrono::milliseconds;
using test::run;

class OutageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OutageTest);
    CPPUNIT_TEST(an_embedded_server_stops_and_starts_under_use);
    CPPUNIT_TEST(an_external_server_stops_and_starts_under_use);
    CPPUNIT_TEST(a_connection_that_was_ended_is_not_used_again);
    CPPUNIT_TEST(nobody_listens);
    CPPUNIT_TEST(a_silent_server_is_given_up);
    CPPUNIT_TEST(a_caller_who_gives_up_connecting_does_not_speak_for_others);
    CPPUNIT_TEST(a_bad_url_is_refused_without_its_password);
    CPPUNIT_TEST(a_wrong_password_is_told);
    CPPUNIT_TEST_SUITE_END();

  public:
    void an_embedded_server_stops_and_starts_under_use() { stops_and_starts(test::embedded_postgres()); }
    void an_external_server_stops_and_starts_under_use() { stops_and_starts(test::external_postgres()); }

    void a_connection_that_was_ended_is_not_used_again() {
        const std::string url = test::embedded_postgres().fresh_database();
        Pool pool(context_.get_executor(), {}, url);
        Pool other(context_.get_executor(), {}, url);
        const std::string pid(run(context_, pool.query("select pg_backend_pid()")).value().text(0, 0));
        const auto ended =
            run(context_, other.query("select pg_terminate_backend($1::integer, 10000)", {pid}));
        CPPUNIT_ASSERT(ended.value().boolean(0, 0));
        const auto after = run(context_, pool.query("select pg_backend_pid()"));
        CPPUNIT_ASSERT(after.value().text(0, 0) != pid);
    }

    void nobody_listens() {
        asio::ip::tcp::acceptor taken(context_, {asio::ip::address_v4::loopback(), 0});
        const auto port = std::to_string(taken.local_endpoint().port());
        taken.close();
        Pool pool(context_.get_executor(), {}, "postgresql://me@127.0.0.1:" + port + "/none");
        for (int attempt = 0; attempt < 3; ++attempt) {
            const auto done = run(context_, pool.query("select 1"));
            CPPUNIT_ASSERT(done.error().code == ErrorCode::unavailable);
            CPPUNIT_ASSERT(done.error().detail.starts_with("the database is away: "));
            CPPUNIT_ASSERT(done.error().detail.find('\n') == std::string::npos);
        }
        CPPUNIT_ASSERT(!pool.available());
    }

    void a_silent_server_is_given_up() {
        asio::ip::tcp::acceptor silent(context_, {asio::ip::address_v4::loopback(), 0});
        config::Database options;
        options.connect_timeout = milliseconds(200);
        Pool pool(context_.get_executor(), options,
                  "postgresql://me@127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/none");
        CPPUNIT_ASSERT(run(context_, pool.query("select 1")).error().code == ErrorCode::unavailable);
    }

    void a_caller_who_gives_up_connecting_does_not_speak_for_others() {
        using namespace asio::experimental::awaitable_operators;
        asio::ip::tcp::acceptor silent(context_, {asio::ip::address_v4::loopback(), 0});
        config::Database options;
        options.connect_timeout = std::chrono::minutes(1);
        Pool pool(context_.get_executor(), options,
                  "postgresql://me@127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/none");
        // Were the server taken for away, the second caller would be told so at once.
        for (int caller = 0; caller < 2; ++caller) {
            const auto give_up_soon = [&]() -> Awaitable<bool> {
                asio::steady_timer patience(context_, milliseconds(50));
                const auto first =
                    co_await (pool.query("select 1") || patience.async_wait(asio::use_awaitable));
                co_return first.index() == 0;
            };
            CPPUNIT_ASSERT(!run(context_, give_up_soon()));
        }
    }

    void a_bad_url_is_refused_without_its_password() {
        Pool pool(context_.get_executor(), {}, "postgres//me:secret@host/db");
        const auto done = run(context_, pool.query("select 1"));
        CPPUNIT_ASSERT(done.error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT(done.error().detail.find("secret") == std::string::npos);
    }

    void a_wrong_password_is_told() {
        std::string url = test::external_postgres().fresh_database();
        const std::string right = "open%20sesame%2F";
        url.replace(url.find(right), right.size(), "barley");
        Pool pool(context_.get_executor(), {}, url);
        const auto done = run(context_, pool.query("select 1"));
        CPPUNIT_ASSERT(done.error().code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(done.error().detail.find("password") != std::string::npos);
        CPPUNIT_ASSERT(done.error().detail.find("barley") == std::string::npos);
    }

  private:
    // Queries go on all the time; each either answers or is unavailable, and they answer again afterwards.
    void stops_and_starts(test::TestServer& server) {
        const std::string url = server.fresh_database();
        config::Database options;
        options.pool_size = 4;
        Pool pool(context_.get_executor(), options, url);
        unsigned answered = 0;
        unsigned refused = 0;
        std::string wrong;
        bool enough = false;
        unsigned running = 8;
        const auto ask = [&]() -> Awaitable<void> {
            asio::steady_timer pause(context_);
            while (!enough) {
                const auto done = co_await pool.query("select pg_sleep(0.002)");
                if (done.has_value())
                    ++answered;
                else if (done.error().code == ErrorCode::unavailable)
                    ++refused;
                else
                    wrong = done.error().detail;
                pause.expires_after(milliseconds(2));
                co_await pause.async_wait(asio::use_awaitable);
            }
            --running;
        };
        for (unsigned caller = 0; caller < 8; ++caller) asio::co_spawn(context_, ask, asio::detached);
        test::run_until(context_, [&] { return answered > 50; });
        CPPUNIT_ASSERT(pool.available());

        std::thread stopper([&] { server.stop(); });
        test::run_until(context_, [&] { return refused > 50; });
        stopper.join();
        CPPUNIT_ASSERT(!pool.available());

        server.start();
        answered = 0;
        test::run_until(context_, [&] { return answered > 50; });
        CPPUNIT_ASSERT(pool.available());
        enough = true;
        test::run_until(context_, [&] { return running == 0; });
        CPPUNIT_ASSERT_EQUAL(std::string(), wrong);
    }

    asio::io_context context_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(OutageTest);

}  // namespace
}  // namespace hutong::pg
