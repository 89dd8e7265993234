#include "gateway/http/server.hpp"

#include <algorithm>

#include <sys/resource.h>
#include <sys/socket.h>

#include "base/log.hpp"
#include "gateway/http/listener.hpp"

namespace hutong::http {

namespace {

constexpr std::chrono::seconds after_abort{2};  // for aborted connections to unwind

// Each connection needs a descriptor, its call to a backend another one.
void raise_descriptor_limit(unsigned max_connections) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = rlim_t{max_connections} * 2 + 1024;
    if (limit.rlim_cur >= wanted) return;
    if (limit.rlim_max < wanted) {
        const rlimit more{wanted, wanted};  // allowed to root
        if (::setrlimit(RLIMIT_NOFILE, &more) == 0) return;
    }
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<std::shared_ptr<const Settings>> make_settings(ServerOptions options) {
    auto settings = std::make_shared<Settings>();
    if (!options.http.https.empty()) {
        HUTONG_ASSIGN(settings->tls, server_tls(options.tls, options.staple.get()));
    }
    settings->options = std::move(options);
    return std::shared_ptr<const Settings>(std::move(settings));
}

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
    State(const std::vector<asio::io_context*>& contexts, Handler& requests_go_to)
        : handler(requests_go_to), main_context(*contexts.front()) {
        auto made = std::make_shared<Listener::Workers>();
        for (asio::io_context* context : contexts) made->push_back(std::make_shared<Worker>(*context));
        workers = std::move(made);
    }

    Result<std::shared_ptr<Listener>> listen(const std::string& address, bool tls);
    void accepted(Socket socket, std::string remote, const std::shared_ptr<Worker>& worker, bool tls);
    void turn_away(Socket& socket, bool tls);
    void close_listeners();
    void on_all_connections(void (Connection::*action)());
    bool wait_until_empty(milliseconds patience);
    std::shared_ptr<const Settings> current() const {
        const std::lock_guard lock(mutex);
        return settings;
    }

    Handler& handler;
    asio::io_context& main_context;  // listeners run here
    std::shared_ptr<const Listener::Workers> workers;
    std::shared_ptr<Tally> tally{std::make_shared<Tally>()};
    std::shared_ptr<Listener> http;
    std::shared_ptr<Listener> https;
    std::int64_t last_refusal_logged{0};  // steady seconds; listener thread only
    mutable std::mutex mutex;             // guards settings
    std::shared_ptr<const Settings> settings;
};

namespace {

// A connection's place in the counts, also when its coroutine is destroyed in the middle together with its
// context. Holds its own worker only: another worker's context may be gone by then.
class Place {
  public:
    Place(std::shared_ptr<Tally> tally, std::shared_ptr<Worker> worker)
        : tally_(std::move(tally)), worker_(std::move(worker)) {
        tally_->connections.fetch_add(1);
        worker_->load.fetch_add(1);
    }
    Place(Place&&) noexcept = default;
    ~Place() {
        if (!tally_) return;
        worker_->load.fetch_sub(1);
        const std::lock_guard lock(tally_->mutex);
        if (tally_->connections.fetch_sub(1) == 1) tally_->empty.notify_all();
    }
    Worker& worker() const { return *worker_; }
    const std::atomic<bool>& draining() const { return tally_->draining; }

  private:
    std::shared_ptr<Tally> tally_;
    std::shared_ptr<Worker> worker_;
};

Awaitable<void> serve(Socket socket, std::string remote, Place place, bool tls,
                      std::shared_ptr<const Settings> settings, Handler& handler) {
    Connection connection(std::move(socket), tls, std::move(remote), place.worker(), std::move(settings),
                          handler, place.draining());
    co_await connection.run();
}

}  // namespace

Result<std::shared_ptr<Listener>> Server::State::listen(const std::string& address, bool tls) {
    if (address.empty()) return std::shared_ptr<Listener>();
    auto listener = std::make_shared<Listener>(
        main_context, workers, tls,
        [weak = weak_from_this()](Socket socket, std::string remote, const std::shared_ptr<Worker>& worker,
                                  bool is_tls) {
            if (const auto self = weak.lock())
                self->accepted(std::move(socket), std::move(remote), worker, is_tls);
        });
    HUTONG_TRY(listener->open(address));
    return listener;
}

void Server::State::accepted(Socket socket, std::string remote, const std::shared_ptr<Worker>& worker,
                             bool tls) {
    auto with = current();
    if (tally->draining || tally->connections >= with->options.http.max_connections)
        return turn_away(socket, tls);
    asio::co_spawn(
        worker->context,
        serve(std::move(socket), std::move(remote), Place(tally, worker), tls, std::move(with), handler),
        asio::detached);
}

void Server::State::turn_away(Socket& socket, bool tls) {
    tally->refused.fetch_add(1);
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
    if (second != last_refusal_logged) {  // one line per second tells as much as thousands
        last_refusal_logged = second;
        log(MessageId::HT7002,
            {{"reason", tally->draining ? "the server is stopping" : "http.max_connections reached"}});
    }
    if (tls) return;
    static constexpr std::string_view busy =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 21\r\nRetry-After: "
        "1\r\n"
        "Connection: close\r\n\r\ntoo many connections\n";
    ::send(socket.native_handle(), busy.data(), busy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ErrorCondition ignored;
    socket.shutdown(Socket::shutdown_send, ignored);
}

void Server::State::close_listeners() {
    for (const auto& listener : {http, https}) {
        if (listener) asio::post(main_context, [listener] { listener->close(); });
    }
}

void Server::State::on_all_connections(void (Connection::*action)()) {
    for (const auto& worker : *workers) {
        asio::post(worker->context, [worker, action] {
            for (Connection* connection : worker->connections) (connection->*action)();
        });
    }
}

bool Server::State::wait_until_empty(milliseconds patience) {
    std::unique_lock lock(tally->mutex);
    return tally->empty.wait_for(lock, patience, [this] { return tally->connections == 0; });
}

Server::Server(std::vector<asio::io_context*> contexts, ServerOptions options, Handler& handler)
    : state_(std::make_shared<State>(contexts, handler)) {
    auto settings = std::make_shared<Settings>();
    settings->options = std::move(options);
    state_->settings = std::move(settings);
}

Server::~Server() {
    state_->tally->draining = true;
    state_->close_listeners();
    state_->on_all_connections(&Connection::abort);
    // The handler may go away after this: no coroutine of ours may be running.
    const bool running = std::any_of(state_->workers->begin(), state_->workers->end(),
                                     [](const auto& worker) { return !worker->context.stopped(); });
    if (running) state_->wait_until_empty(after_abort);
}

Result<void> Server::start() {
    HUTONG_ASSIGN(auto settings, make_settings(state_->current()->options));
    const config::Http& http = settings->options.http;
    raise_descriptor_limit(http.max_connections);
    {
        const std::lock_guard lock(state_->mutex);
        state_->settings = settings;
    }
    HUTONG_ASSIGN(state_->http, state_->listen(http.http, false));
    HUTONG_ASSIGN(state_->https, state_->listen(http.https, true));
    for (const auto& listener : {state_->http, state_->https}) {
        if (listener) listener->run();
    }
    return {};
}

std::string Server::http_url() const {
    return state_->http ? state_->http->url() : std::string();
}
std::string Server::https_url() const {
    return state_->https ? state_->https->url() : std::string();
}

void Server::drain() {
    state_->tally->draining = true;
    state_->close_listeners();
    state_->on_all_connections(&Connection::drain);
    if (state_->wait_until_empty(state_->current()->options.http.drain_timeout)) return;
    state_->on_all_connections(&Connection::abort);
    state_->wait_until_empty(after_abort);
}

Result<void> Server::reload(ServerOptions options) {
    HUTONG_ASSIGN(auto settings, make_settings(std::move(options)));
    if (state_->https && !settings->tls) {
        return invalid("http.https cannot be switched off while running; restart the daemon");
    }
    raise_descriptor_limit(settings->options.http.max_connections);
    const std::lock_guard lock(state_->mutex);
    state_->settings = std::move(settings);
    return {};
}

ServerCounters Server::counters() const {
    ServerCounters counters{state_->tally->connections.load(), 0, state_->tally->refused.load()};
    for (const auto& worker : *state_->workers)
        counters.requests += worker->requests.load(std::memory_order_relaxed);
    return counters;
}

}  // namespace hutong::http
