// The replay keys that nodes share: two pools on one database stand for two nodes.
#include "registry/store/replay_keys.hpp"

#include "fixture.hpp"

namespace hutong::registry {
namespace {

class ReplayKeysTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(ReplayKeysTest);
    CPPUNIT_TEST(what_one_node_took_another_refuses);
    CPPUNIT_TEST(of_many_at_once_one_is_taken);
    CPPUNIT_TEST(expired_keys_may_come_again_and_are_forgotten);
    CPPUNIT_TEST(waits_only_so_long);
    CPPUNIT_TEST(says_that_the_database_is_away);
    CPPUNIT_TEST_SUITE_END();

    const TimePoint now_{system_clock().now()};
    const TimePoint later_{now_ + std::chrono::minutes(5)};
    static std::string key(char letter) { return std::string(43, letter) + "="; }

    void what_one_node_took_another_refuses() {
        pg::Pool other_pool(context_.get_executor(), config::Database{}, url_);
        ReplayKeys first(*pool_), second(other_pool);
        CPPUNIT_ASSERT(run(first.enter(key('a'), later_, now_)).value());
        CPPUNIT_ASSERT(!run(second.enter(key('a'), later_, now_)).value());
        CPPUNIT_ASSERT(!run(first.enter(key('a'), later_, now_)).value());
        CPPUNIT_ASSERT(run(second.enter(key('b'), later_, now_)).value());
    }

    void of_many_at_once_one_is_taken() {
        ReplayKeys keys(*pool_);
        unsigned answered = 0, taken = 0;
        for (int caller = 0; caller < 20; ++caller)
            asio::co_spawn(
                context_,
                [&]() -> Awaitable<void> {
                    const auto fresh = co_await keys.enter(key('c'), later_, now_);
                    if (fresh.value()) ++taken;
                    ++answered;
                },
                asio::detached);
        test::run_until(context_, [&] { return answered == 20; });
        CPPUNIT_ASSERT_EQUAL(1u, taken);
    }

    void expired_keys_may_come_again_and_are_forgotten() {
        ReplayKeys keys(*pool_);
        CPPUNIT_ASSERT(run(keys.enter(key('d'), later_, now_)).value());
        CPPUNIT_ASSERT(!run(keys.enter(key('d'), later_, later_)).value());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, run(keys.forget(later_)).value());
        const TimePoint after = later_ + std::chrono::seconds(1);
        CPPUNIT_ASSERT(run(keys.enter(key('d'), after + std::chrono::minutes(5), after)).value());
        CPPUNIT_ASSERT(!run(keys.enter(key('d'), after, after)).value());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, run(keys.forget(after + std::chrono::minutes(6))).value());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, number("select count(*) from replay_keys"));
    }

    void waits_only_so_long() {
        pg::Pool other_pool(context_.get_executor(), config::Database{}, url_);
        ReplayKeys keys(other_pool, std::chrono::milliseconds(200));
        CPPUNIT_ASSERT(run(keys.enter(key('e'), later_, now_)).value());  // connected
        const auto held = run(pool_->transaction([&](pg::Session& session) -> Awaitable<Result<void>> {
            const auto locked = co_await session.query("lock table replay_keys");
            if (locked.has_error()) co_return locked.error();
            const auto late = co_await keys.enter(key('f'), later_, now_);
            CPPUNIT_ASSERT(late.has_error() && late.error().code == ErrorCode::timeout);
            co_return Result<void>();
        }));
        CPPUNIT_ASSERT(held.has_value());
    }

    void says_that_the_database_is_away() {
        pg::Pool closed(context_.get_executor(), config::Database{}, url_);
        closed.close();
        ReplayKeys keys(closed);
        CPPUNIT_ASSERT(run(keys.enter(key('g'), later_, now_)).error().code == ErrorCode::unavailable);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ReplayKeysTest);

}  // namespace
}  // namespace hutong::registry
