#include "gateway/main/daemon/database.hpp"

#include "base/log.hpp"
#include "base/pg/migrations.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds watch_interval{1};
// An embedded server that has been away this long is not just busy.
constexpr unsigned looks_until_restart = 5;

}  // namespace

Database::Database(const Home& home, std::string url, std::unique_ptr<pg::EmbeddedServer> embedded)
    : home_(home), url_(std::move(url)), is_embedded_(embedded != nullptr), embedded_(std::move(embedded)) {}

Result<std::unique_ptr<Database>> Database::open(const Home& home, const config::Database& options) {
    if (!options.url.empty()) return std::unique_ptr<Database>(new Database(home, options.url, nullptr));
    HUTONG_ASSIGN(auto server, pg::EmbeddedServer::start(home));
    std::string url = server->url();
    return std::unique_ptr<Database>(new Database(home, std::move(url), std::move(server)));
}

// What happened to the database is logged by base/pg; here is only what follows from it.
Result<void> Database::prepare() {
    const Result<unsigned> applied = pg::migrate(url_);
    migrated_ = applied.has_value();
    if (applied || (applied.error().code == ErrorCode::unavailable && !embedded())) return {};
    return applied.error();
}

// The old server object goes first: it holds the lock of the folder.
Result<void> Database::start_again() {
    embedded_.reset();
    HUTONG_ASSIGN(embedded_, pg::EmbeddedServer::start(home_));
    if (embedded_->url() != url_)
        return unavailable("the embedded PostgreSQL came back with another socket; restart hutong");
    return {};
}

Awaitable<> Database::watch(pg::Pool& pool, asio::thread_pool& blocking, asio::steady_timer& timer) {
    unsigned looks_away = 0;
    for (;;) {
        const bool go_on = co_await sleep_for(timer, watch_interval);
        if (!go_on) co_return;
        const std::string question = "select 1";
        const Result<pg::Rows> alive = co_await pool.query(question);
        if (alive && !migrated_) {
            auto bring_up = [this] { return prepare(); };
            const Result<void> brought = co_await run_on(blocking, std::move(bring_up));
            if (!brought) log(MessageId::HT2002, {{"reason", brought.error().detail}});
        }
        const bool away = !alive && alive.error().code == ErrorCode::unavailable;
        looks_away = away ? looks_away + 1 : 0;
        if (!embedded() || looks_away < looks_until_restart) continue;
        looks_away = 0;
        auto again = [this] { return start_again(); };
        const Result<void> started = co_await run_on(blocking, std::move(again));
        if (!started) log(MessageId::HT2002, {{"reason", started.error().detail}});
    }
}

}  // namespace hutong::daemon
