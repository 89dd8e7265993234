#include "registry/store/replay_keys.hpp"

#include <optional>

#include "registry/store/sql.hpp"

namespace hutong::registry {

namespace {

using Answer = Result<pg::Rows>;

// The caller waits only so long; the statement goes on and its answer is dropped. Both ends of the wait run
// on the caller's executor, so that nothing is touched by two threads.
Awaitable<Answer> within(std::chrono::milliseconds patience, pg::Pool& pool, std::string sql,
                         pg::Params params) {
    const auto executor = co_await asio::this_coro::executor;
    struct Wait {
        explicit Wait(const asio::any_io_executor& on) : timer(on) {}
        asio::steady_timer timer;
        std::optional<Answer> answer;
    };
    const auto wait = std::make_shared<Wait>(executor);
    wait->timer.expires_after(patience);
    asio::co_spawn(
        executor,
        [wait, &pool, sql = std::move(sql), params = std::move(params)]() mutable -> Awaitable<void> {
            wait->answer.emplace(co_await pool.query(std::move(sql), std::move(params)));
            wait->timer.cancel();
        },
        asio::detached);
    if (!wait->answer) {
        boost::system::error_code cancelled;
        co_await wait->timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    if (wait->answer) co_return std::move(*wait->answer);
    co_return Error{ErrorCode::timeout,
                    "the database did not answer within " + std::to_string(patience.count()) + " ms"};
}

}  // namespace

Awaitable<Result<bool>> ReplayKeys::enter(std::string key, TimePoint expires, TimePoint now) {
    // One statement decides for all nodes: of two that come with one key the second waits for the first.
    std::string sql =
        "insert into replay_keys (key, expires) values ($1, $2) on conflict (key) do update "
        "set expires = excluded.expires where replay_keys.expires < $3 returning key";
    auto params = with(std::move(key), format_utc(expires), format_utc(now));
    const Answer rows = co_await within(patience_, pool_, std::move(sql), std::move(params));
    if (rows.has_error()) co_return rows.error();
    co_return !rows->empty();
}

Awaitable<Result<std::uint64_t>> ReplayKeys::forget(TimePoint now) {
    HUTONG_QUERY(gone, pool_,
                 "delete from replay_keys where key in "
                 "(select key from replay_keys where expires < $1 order by expires limit 10000)",
                 with(format_utc(now)));
    co_return gone.affected();
}

}  // namespace hutong::registry
