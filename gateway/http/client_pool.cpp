#include "gateway/http/client_pool.hpp"

#include <utility>

namespace hutong::http {

ClientPool::Lease::Lease(Lease&& other) noexcept
    : connection(std::move(other.connection)),
      pool_(std::move(other.pool_)),
      endpoint_(std::move(other.endpoint_)),
      held_(std::exchange(other.held_, false)) {}

ClientPool::Lease& ClientPool::Lease::operator=(Lease&& other) noexcept {
    release();
    connection = std::move(other.connection);
    pool_ = std::move(other.pool_);
    endpoint_ = std::move(other.endpoint_);
    held_ = std::exchange(other.held_, false);
    return *this;
}

void ClientPool::Lease::keep() {
    const auto pool = pool_.lock();
    if (pool && std::exchange(held_, false)) pool->give_back(endpoint_, std::move(connection));
    release();
}

void ClientPool::Lease::release() {
    connection.reset();
    const auto pool = pool_.lock();
    if (pool && std::exchange(held_, false)) pool->give_back(endpoint_, nullptr);
}

Awaitable<Result<ClientPool::Lease>> ClientPool::acquire(const Url& url, bool fresh, Instant until) {
    const auto self = shared_from_this();  // this coroutine may outlive the client
    const std::string name = url.scheme + "://" + url.host + ":" + url.port;
    while (endpoints_[name].in_use >= options_.max_connections_per_endpoint) {
        asio::steady_timer turn(context_, until);
        endpoints_[name].waiting.push_back(&turn);
        boost::system::error_code woken;
        co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        const bool still_waiting = endpoints_[name].waiting.remove(&turn) > 0;
        if (closed_) co_return unavailable("the client is closing");
        if (!woken && still_waiting) {
            co_return unavailable("all " + std::to_string(options_.max_connections_per_endpoint) +
                                  " connections to " + name +
                                  " are in use (backend.max_connections_per_endpoint)");
        }
    }
    Endpoint& endpoint = endpoints_[name];
    ++endpoint.in_use;
    Lease lease(weak_from_this(), name);
    while (!fresh && !lease.connection && !endpoint.idle.empty()) {
        auto candidate = std::move(endpoint.idle.back());
        endpoint.idle.pop_back();
        // What the backend closed, or spoke on unasked, is of no use any more.
        if (candidate->stream.quiet()) lease.connection = std::move(candidate);
    }
    if (lease.connection) lease.connection->reused = true;
    co_return std::move(lease);
}

void ClientPool::give_back(const std::string& name, std::unique_ptr<ClientConnection> connection) {
    Endpoint& endpoint = endpoints_[name];
    --endpoint.in_use;
    if (connection && !closed_ && endpoint.idle.size() < options_.max_idle_per_endpoint) {
        connection->buffer.release();
        connection->stream.set_end(never);
        connection->stream.set_deadline(never);
        connection->idle_since = now();
        endpoint.idle.push_back(std::move(connection));
        schedule_sweep();
    }
    if (!endpoint.waiting.empty()) {
        endpoint.waiting.front()->cancel();
        endpoint.waiting.pop_front();
    }
}

void ClientPool::schedule_sweep() {
    if (std::exchange(sweeping_, true)) return;
    sweep_.expires_after(std::chrono::seconds(1));
    sweep_.async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
        const auto self = weak.lock();
        if (!self || failed) return;
        self->sweeping_ = false;
        if (self->sweep()) self->schedule_sweep();
    });
}

bool ClientPool::sweep() {
    const Instant oldest = now() - options_.idle_timeout;
    bool some = false;
    for (auto at = endpoints_.begin(); at != endpoints_.end();) {
        Endpoint& endpoint = at->second;
        std::erase_if(endpoint.idle, [&](const auto& connection) {
            return connection->idle_since < oldest || !connection->stream.quiet();
        });
        some = some || !endpoint.idle.empty();
        const bool unused = endpoint.idle.empty() && endpoint.in_use == 0 && endpoint.waiting.empty();
        at = unused ? endpoints_.erase(at) : std::next(at);
    }
    return some;
}

void ClientPool::close() {
    closed_ = true;
    sweep_.cancel();
    for (auto& [name, endpoint] : endpoints_) {
        endpoint.idle.clear();
        for (asio::steady_timer* waiting : endpoint.waiting) waiting->cancel();
    }
}

}  // namespace hutong::http
