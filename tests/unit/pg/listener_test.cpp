// LISTEN: what is heard, also after the connection was lost.
#include "base/pg/listener.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/pg/pool.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::pg {
namespace {

class ListenerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ListenerTest);
    CPPUNIT_TEST(hears_its_channels_only);
    CPPUNIT_TEST(connects_again_and_says_so);
    CPPUNIT_TEST(hears_again_after_the_server_was_away);
    CPPUNIT_TEST(stops);
    CPPUNIT_TEST_SUITE_END();

    using Heard = std::vector<std::pair<std::string, std::string>>;

  public:
    void setUp() override {
        heard_.clear();
        url_ = test::embedded_postgres().fresh_database();
        pool_ = std::make_unique<Pool>(context_.get_executor(), config::Database{}, url_);
        listener_ = std::make_unique<Listener>(
            context_.get_executor(), url_, std::vector<std::string>{"orders", "Odd \"name\""},
            [this](std::string channel, std::string payload) {
                heard_.emplace_back(std::move(channel), std::move(payload));
            });
        test::run_until(context_, [this] { return !heard_.empty(); });
    }
    void tearDown() override { listener_.reset(); }

    void hears_its_channels_only() {
        say("notify orders, 'one'");
        say("notify bills, 'none of its business'");
        say("notify \"Odd \"\"name\"\"\", '互通'");
        test::run_until(context_, [this] { return heard_.size() >= 3; });
        CPPUNIT_ASSERT((heard_ == Heard{{"", ""}, {"orders", "one"}, {"Odd \"name\"", "互通"}}));
    }

    void connects_again_and_says_so() {
        say("select pg_terminate_backend(pid, 10000) from pg_stat_activity where query like 'listen%'");
        test::run_until(context_, [this] { return heard_.size() >= 2; });
        CPPUNIT_ASSERT((heard_.back() == Heard::value_type{"", ""}));
        say("notify orders, 'two'");
        test::run_until(context_, [this] { return heard_.size() >= 3; });
        CPPUNIT_ASSERT((heard_.back() == Heard::value_type{"orders", "two"}));
    }

    void hears_again_after_the_server_was_away() {
        test::embedded_postgres().stop();
        test::embedded_postgres().start();
        test::run_until(context_, [this] { return heard_.size() >= 2; });
        CPPUNIT_ASSERT((heard_.back() == Heard::value_type{"", ""}));
        test::run_until(context_, [this] {
            return test::run(context_, pool_->query("notify orders, 'three'")).has_value();
        });
        test::run_until(context_, [this] { return heard_.back().second == "three"; });
    }

    void stops() {
        listener_->stop();
        say("notify orders, 'too late'");
        // The listener's connection is gone from the server, so nothing more can come.
        test::run_until(context_, [this] {
            return test::run(context_,
                             pool_->query("select from pg_stat_activity where query like 'listen%' and "
                                          "datname = current_database()"))
                .value()
                .empty();
        });
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, heard_.size());
    }

  private:
    void say(const std::string& sql) { test::run(context_, pool_->query(sql)).value(); }

    asio::io_context context_;
    std::string url_;
    std::unique_ptr<Pool> pool_;
    Heard heard_;
    std::unique_ptr<Listener> listener_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ListenerTest);

}  // namespace
}  // namespace hutong::pg
