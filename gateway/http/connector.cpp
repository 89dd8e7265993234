#include "gateway/http/connector.hpp"

#include <charconv>

namespace hutong::http {

namespace {

using asio::ip::tcp;

// Closes a socket that takes too long to connect.
class ConnectWatch final : public Timekeeper::Watch {
  public:
    ConnectWatch(Socket& socket, std::shared_ptr<Timekeeper> keeper, Instant deadline)
        : Watch(std::move(keeper)), socket_(socket) {
        set_deadline(deadline);
    }
    bool fired() const { return fired_; }

  private:
    void overdue() override {
        fired_ = true;
        ErrorCondition ignored;
        socket_.cancel(ignored);
    }
    Socket& socket_;
    bool fired_{false};
};

struct Lookup {
    explicit Lookup(asio::io_context& context) : resolver(context), done(context) {}
    asio::ip::basic_resolver<tcp, asio::io_context::executor_type> resolver;
    asio::basic_waitable_timer<std::chrono::steady_clock> done;
    std::vector<tcp::endpoint> addresses;
    ErrorCondition error{asio::error::timed_out};
};

}  // namespace

Awaitable<Result<std::vector<tcp::endpoint>>> resolve(asio::io_context& context, const std::string& host,
                                                      const std::string& port, Instant deadline) {
    ErrorCondition error;
    unsigned short number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    const auto literal = asio::ip::make_address(host, error);
    if (!error) co_return std::vector{tcp::endpoint(literal, number)};

    const auto lookup = std::make_shared<Lookup>(context);
    lookup->done.expires_at(deadline);
    lookup->resolver.async_resolve(host, port, [lookup](const ErrorCondition& failed, const auto& results) {
        lookup->error = failed;
        for (const auto& entry : results) lookup->addresses.push_back(entry.endpoint());
        lookup->done.cancel();
    });
    // The lookup may end before this waits: then there is nothing left to cancel, but an answer already.
    if (lookup->error == asio::error::timed_out) {
        co_await lookup->done.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    if (lookup->error == asio::error::timed_out) {
        lookup->resolver.cancel();
        co_return Error{ErrorCode::timeout, "the name '" + host + "' could not be resolved in time"};
    }
    if (lookup->error)
        co_return unavailable("the name '" + host + "' cannot be resolved: " + lookup->error.message());
    co_return lookup->addresses;
}

Awaitable<Result<Socket>> connect(asio::io_context& context, const std::shared_ptr<Timekeeper>& keeper,
                                  const std::vector<tcp::endpoint>& addresses, Instant deadline) {
    Error last = unavailable("the name has no address");
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const Instant current = now();
        if (current >= deadline) co_return Error{ErrorCode::timeout, "connecting took too long"};
        const auto share = (deadline - current) / static_cast<std::int64_t>(addresses.size() - i);
        Socket socket(context);
        ErrorCondition error;
        socket.open(addresses[i].protocol(), error);
        if (!error) {
            ConnectWatch watch(socket, keeper, current + share);
            co_await socket.async_connect(addresses[i], asio::redirect_error(asio::use_awaitable, error));
            if (!error) co_return std::move(socket);
            if (watch.fired()) error = asio::error::timed_out;
        }
        last = {error == asio::error::timed_out ? ErrorCode::timeout : ErrorCode::unavailable,
                "cannot connect to " + addresses[i].address().to_string() + " port " +
                    std::to_string(addresses[i].port()) + ": " + error.message()};
    }
    co_return last;
}

}  // namespace hutong::http
