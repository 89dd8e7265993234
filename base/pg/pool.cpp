#include "base/pg/pool.hpp"

#include <algorithm>
#include <atomic>
#include <deque>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/strand.hpp>

#include "base/coroutine.hpp"
#include "base/log.hpp"
#include "base/pg/connection.hpp"

namespace hutong::pg {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_pause{100};  // between attempts to reconnect; doubles up to the last
constexpr milliseconds last_pause{2000};
// The server enforces statement_timeout; we give up a little later, when it is the network that is gone.
constexpr milliseconds network_grace{5000};

std::string session_settings(milliseconds statement_timeout) {
    return "set statement_timeout = " + std::to_string(statement_timeout.count()) +
           "; set idle_in_transaction_session_timeout = '5min'; set timezone = 'UTC'; set datestyle = 'ISO'; "
           "set bytea_output = 'hex'; set standard_conforming_strings = on; set client_min_messages = "
           "'error'";
}

}  // namespace

// Everything in it is touched on the strand only, but for `reachable`.
struct Pool::State : std::enable_shared_from_this<Pool::State> {
    // A connection on loan; whoever drops it gives it back, and one that is not reusable is closed instead.
    class Lease {
      public:
        Lease() = default;  // empty; asio wants one beside an exception
        Lease(std::shared_ptr<State> pool, std::unique_ptr<Connection> connection)
            : pool_(std::move(pool)), connection_(std::move(connection)) {}
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (!connection_) return;
            auto strand = pool_->strand;
            asio::post(strand, [pool = std::move(pool_), connection = std::move(connection_)]() mutable {
                pool->take_back(std::move(connection));
            });
        }
        Connection& operator*() const { return *connection_; }
        Connection* operator->() const { return connection_.get(); }

      private:
        std::shared_ptr<State> pool_;
        std::unique_ptr<Connection> connection_;
    };

    struct Waiter {
        explicit Waiter(State& pool) : timer(pool.strand) {}
        asio::steady_timer timer;
        std::optional<Lease> lease;
        bool woken{false};  // look again: a place is free, or there is no hope
        void wake() {
            woken = true;
            timer.cancel();
        }
    };

    State(asio::any_io_executor executor, const config::Database& settings, std::string address)
        : strand(asio::make_strand(executor)),
          options(settings),
          url(std::move(address)),
          probe_timer(strand) {}

    Deadline statement_deadline() const {
        return steady_clock::now() + options.statement_timeout + network_grace;
    }

    Awaitable<Result<Lease>> acquire();
    Awaitable<Result<Lease>> connect();
    void take_back(std::unique_ptr<Connection> connection);
    void forget_one();
    void went_away(const Error& reason);
    void came_back(const std::string& where);
    Awaitable<void> probe();
    void close();

    asio::strand<asio::any_io_executor> strand;
    config::Database options;
    std::string url;
    asio::steady_timer probe_timer;
    std::vector<std::unique_ptr<Connection>> idle;
    std::deque<std::shared_ptr<Waiter>> waiters;
    unsigned open{0};           // idle, on loan and being connected
    std::optional<Error> away;  // why, while the server cannot be reached
    bool closed{false};
    std::atomic<bool> reachable{false};
};

Awaitable<Result<Pool::State::Lease>> Pool::State::acquire() {
    const auto self = shared_from_this();
    const auto deadline = steady_clock::now() + options.connect_timeout;
    for (;;) {
        if (closed) co_return unavailable("the database is away: its connections are closed");
        while (!idle.empty()) {
            auto connection = std::move(idle.back());
            idle.pop_back();
            // What talks while nobody asked is saying good-bye.
            if (connection->reusable() && connection->quiet()) co_return Lease(self, std::move(connection));
            forget_one();
        }
        if (away) co_return *away;
        if (open < options.pool_size) co_return co_await connect();

        const auto waiter = std::make_shared<Waiter>(*this);
        struct InLine {
            State& pool;
            std::shared_ptr<Waiter> waiter;
            ~InLine() { std::erase(pool.waiters, waiter); }
        } const in_line{*this, waiter};
        waiters.push_back(waiter);
        waiter->timer.expires_at(deadline);
        co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (waiter->lease) co_return std::move(*waiter->lease);
        if (!waiter->woken)
            co_return Error{ErrorCode::timeout, "all " + std::to_string(options.pool_size) +
                                                    " database connections stayed busy; raise "
                                                    "database.pool_size in hutong.toml"};
    }
}

Awaitable<Result<Pool::State::Lease>> Pool::State::connect() {
    const auto self = shared_from_this();
    struct Place {
        State* pool;
        ~Place() {
            if (pool) pool->forget_one();
        }
    } place{this};
    ++open;
    auto made = co_await Connection::open(strand, url, session_settings(options.statement_timeout),
                                          options.connect_timeout);
    if (made.has_error()) {
        // A caller who gave up while connecting says nothing about the server.
        const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
        if (cancelled == asio::cancellation_type::none) went_away(made.error());
        co_return made.error();
    }
    came_back((*made)->where());
    place.pool = nullptr;
    co_return Lease(self, std::move(*made));
}

void Pool::State::take_back(std::unique_ptr<Connection> connection) {
    if (closed || !connection->reusable()) {
        connection.reset();
        forget_one();
        return;
    }
    if (waiters.empty()) {
        idle.push_back(std::move(connection));
        return;
    }
    const auto next = waiters.front();
    waiters.pop_front();
    next->lease.emplace(shared_from_this(), std::move(connection));
    next->wake();
}

void Pool::State::forget_one() {
    --open;
    if (waiters.empty()) return;
    waiters.front()->wake();
    waiters.pop_front();
}

void Pool::State::went_away(const Error& reason) {
    reachable = false;
    const bool news = !away;
    away = reason;
    for (const auto& waiter : waiters) waiter->wake();
    waiters.clear();
    if (!news || closed) return;
    log(MessageId::HT2002, {{"reason", reason.detail}});
    asio::co_spawn(
        strand, [self = shared_from_this()] { return self->probe(); }, asio::detached);
}

void Pool::State::came_back(const std::string& where) {
    away.reset();
    if (!reachable.exchange(true)) log(MessageId::HT2001, {{"database", where}});
}

// Tries again, less and less often, until the server answers; meanwhile callers are told at once.
Awaitable<void> Pool::State::probe() {
    const auto self = shared_from_this();
    for (auto pause = first_pause; !closed && away; pause = std::min(pause * 2, last_pause)) {
        probe_timer.expires_after(pause);
        co_await probe_timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (closed || !away) break;
        auto made = co_await Connection::open(strand, url, session_settings(options.statement_timeout),
                                              options.connect_timeout);
        if (made.has_error()) {
            away = made.error();
            continue;
        }
        came_back((*made)->where());
        ++open;
        take_back(std::move(*made));
    }
}

void Pool::State::close() {
    closed = true;
    reachable = false;
    probe_timer.cancel();
    open -= static_cast<unsigned>(idle.size());
    idle.clear();
    for (const auto& waiter : waiters) waiter->wake();
    waiters.clear();
}

namespace {

// A transaction's connection as a Session: every statement hops to the pool's strand and back.
template <class Lease, class Executor>
class LeasedSession : public Session {
  public:
    LeasedSession(Lease& lease, Executor executor, milliseconds limit)
        : lease_(lease), executor_(std::move(executor)), limit_(limit) {}

    Awaitable<Result<Rows>> query(std::string sql, Params params) override {
        const Deadline deadline = steady_clock::now() + limit_;
        co_return co_await asio::co_spawn(
            executor_, lease_->query(std::move(sql), std::move(params), deadline), asio::use_awaitable);
    }

  private:
    Lease& lease_;
    Executor executor_;
    milliseconds limit_;
};

}  // namespace

Pool::Pool(asio::any_io_executor executor, const config::Database& options, std::string url)
    : state_(std::make_shared<State>(executor, options, std::move(url))) {}

Pool::~Pool() {
    close();
}

Awaitable<Result<Rows>> Pool::query(std::string sql, Params params) {
    const auto state = state_;
    auto work = [state, sql = std::move(sql),
                 params = std::move(params)]() mutable -> Awaitable<Result<Rows>> {
        auto lease = co_await state->acquire();
        if (lease.has_error()) co_return lease.error();
        co_return co_await (*lease)->query(std::move(sql), std::move(params), state->statement_deadline());
    };
    co_return co_await asio::co_spawn(state->strand, std::move(work), asio::use_awaitable);
}

Awaitable<Result<void>> Pool::transaction(Work work) {
    bool collided = false;
    co_return co_await attempt(work, collided);
}

Awaitable<Result<void>> Pool::repeatable_transaction(Work work) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (unsigned tries = 1;; ++tries) {
        bool collided = false;
        const auto done = co_await attempt(work, collided);
        if (done.has_value() || !collided) co_return done;
        if (tries == most_tries)
            co_return Error{ErrorCode::timeout, "the database ended the transaction " +
                                                    std::to_string(tries) +
                                                    " times, as others changed the same rows or tables; "
                                                    "nothing was changed, try again"};
        // Longer each time, and not as long as the others' pause.
        const milliseconds pause(10 * tries + random_bytes(1).front() % 32);
        if (!co_await sleep_for(timer, pause)) co_return done;
    }
}

// `collided`: whether beginning anew may help.
Awaitable<Result<void>> Pool::attempt(const Work& work, bool& collided) {
    const auto state = state_;
    // A closure has a name before co_await here: g++ 12 destroys an unnamed one twice.
    auto lend = [state] { return state->acquire(); };
    auto lease = co_await asio::co_spawn(state->strand, std::move(lend), asio::use_awaitable);
    if (lease.has_error()) co_return lease.error();
    LeasedSession session(*lease, state->strand, state->options.statement_timeout + network_grace);

    auto begun = co_await session.query("begin", Params());
    if (begun.has_error()) co_return begun.error();
    (*lease)->forget_collision();
    // An exception leaves the transaction open; the lease then closes the connection and the server rolls
    // back.
    auto done = co_await work(session);
    collided = (*lease)->collided();
    if (done.has_error()) {
        co_await session.query("rollback", Params());
        co_return done.error();
    }
    // A failed statement whose error `work` passed over turns COMMIT into ROLLBACK, which is no error to the
    // server.
    auto ended = co_await session.query("commit", Params());
    collided = (*lease)->collided();
    if (ended.has_error()) {
        if (ended.error().code == ErrorCode::unavailable || ended.error().code == ErrorCode::timeout)
            co_return unavailable(
                "the database went away while it committed, so the change may or may not be "
                "kept; look before doing it again");
        co_return ended.error();
    }
    if (ended->command() != "COMMIT")
        co_return internal("database: the transaction was rolled back, a statement in it had failed");
    co_return Result<void>();
}

bool Pool::available() const {
    return state_->reachable;
}

void Pool::close() {
    asio::post(state_->strand, [state = state_] { state->close(); });
}

}  // namespace hutong::pg
