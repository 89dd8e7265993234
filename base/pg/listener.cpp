#include "base/pg/listener.hpp"

#include <algorithm>
#include <atomic>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/strand.hpp>

#include "base/pg/connection.hpp"

namespace hutong::pg {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds first_pause{100};
constexpr milliseconds last_pause{2000};
constexpr seconds patience{5};  // for a connection or an answer
constexpr seconds silence{10};  // after this long without a word the connection is asked whether it lives

std::string listen_statements(const std::vector<std::string>& channels) {
    std::string sql;
    for (const std::string& channel : channels) {
        sql += "listen \"";
        for (const char c : channel) sql.append(c == '"' ? 2 : 1, c);
        sql += "\";";
    }
    return sql;
}

}  // namespace

struct Listener::State : std::enable_shared_from_this<Listener::State> {
    State(asio::any_io_executor where, std::string address, std::vector<std::string> names, Heard callback)
        : executor(where),
          strand(asio::make_strand(where)),
          url(std::move(address)),
          channels(std::move(names)),
          heard(std::move(callback)) {}

    void tell(std::string channel, std::string payload) {
        asio::post(executor, [self = shared_from_this(), channel = std::move(channel),
                              payload = std::move(payload)]() mutable {
            if (!self->stopped) self->heard(std::move(channel), std::move(payload));
        });
    }

    // Connects, listens, and returns when the connection is lost.
    Awaitable<bool> listen_once() {
        auto made = co_await Connection::open(strand, url, listen_statements(channels), patience);
        if (made.has_error()) co_return false;
        Connection& connection = **made;
        tell({}, {});
        while (!stopped) {
            auto news = co_await connection.notifications(steady_clock::now() + silence);
            if (news.has_error()) break;
            for (auto& [channel, payload] : *news) tell(std::move(channel), std::move(payload));
            if (!news->empty()) continue;
            auto alive = co_await connection.query("select 1", Params(), steady_clock::now() + patience);
            if (alive.has_error()) break;
        }
        co_return true;
    }

    Awaitable<void> run() {
        const auto self = shared_from_this();
        asio::steady_timer timer(strand);
        auto pause = first_pause;
        while (!stopped) {
            const bool was_connected = co_await listen_once();
            pause = was_connected ? first_pause : std::min(pause * 2, last_pause);
            timer.expires_after(pause);
            co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }

    asio::any_io_executor executor;
    asio::strand<asio::any_io_executor> strand;
    std::string url;
    std::vector<std::string> channels;
    Heard heard;
    asio::cancellation_signal cancel;  // emitted on the strand
    std::atomic<bool> stopped{false};
};

Listener::Listener(asio::any_io_executor executor, std::string url, std::vector<std::string> channels,
                   Heard heard)
    : state_(std::make_shared<State>(executor, std::move(url), std::move(channels), std::move(heard))) {
    asio::co_spawn(
        state_->strand, [state = state_] { return state->run(); },
        asio::bind_cancellation_slot(state_->cancel.slot(), [](std::exception_ptr) {}));
}

Listener::~Listener() {
    stop();
}

void Listener::stop() {
    if (state_->stopped.exchange(true)) return;
    asio::post(state_->strand, [state = state_] { state->cancel.emit(asio::cancellation_type::terminal); });
}

}  // namespace hutong::pg
