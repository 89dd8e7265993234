#include "gateway/http/listener.hpp"

#include <charconv>

#include "base/log.hpp"

namespace hutong::http {

namespace {

using asio::ip::tcp;

constexpr milliseconds accept_pause{100};

Result<tcp::endpoint> parse_endpoint(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    std::string host = text.substr(0, colon);
    unsigned port = 65536;
    if (colon != std::string::npos) {
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
        if (error != std::errc() || stop != end) port = 65536;
    }
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    ErrorCondition error;
    const auto address = asio::ip::make_address(host, error);
    if (error || port > 65535) {
        return invalid("listen address '" + text +
                       "' is not of the form ADDRESS:PORT, for example 127.0.0.1:8080");
    }
    return tcp::endpoint(address, static_cast<std::uint16_t>(port));
}

}  // namespace

std::string to_text(const tcp::endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    const std::string port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

Listener::Listener(asio::io_context& context, std::weak_ptr<const Workers> workers, bool tls,
                   Accepted accepted)
    : workers_(std::move(workers)), tls_(tls), accepted_(std::move(accepted)), acceptor_(context) {}

Result<void> Listener::open(const std::string& address) {
    HUTONG_ASSIGN(const tcp::endpoint endpoint, parse_endpoint(address));
    ErrorCondition error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(4096, error);
    if (!error) local_ = acceptor_.local_endpoint(error);
    if (error) {
        return unavailable("cannot listen on " + address + ": " + error.message() +
                           "; stop what uses the port or configure another one");
    }
    log(MessageId::HT7001, {{"url", url()}});
    return {};
}

std::string Listener::url() const {
    return (tls_ ? "https://" : "http://") + to_text(local_);
}

std::weak_ptr<Worker> Listener::least_loaded() const {
    const auto workers = workers_.lock();
    if (!workers) return {};
    return *std::min_element(workers->begin(), workers->end(),
                             [](const auto& a, const auto& b) { return a->load.load() < b->load.load(); });
}

void Listener::run() {
    asio::co_spawn(
        acceptor_.get_executor(), [self = shared_from_this()] { return self->accept(); }, asio::detached);
}

Awaitable<void> Listener::accept() {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (acceptor_.is_open()) {
        const std::weak_ptr<Worker> next = least_loaded();
        asio::io_context* context = nullptr;
        if (const auto worker = next.lock()) context = &worker->context;
        if (context == nullptr) co_return;  // the server is gone
        ErrorCondition error;
        tcp::endpoint remote;
        Socket socket = co_await acceptor_.async_accept(*context, remote,
                                                        asio::redirect_error(asio::use_awaitable, error));
        if (!error) {
            if (const auto worker = next.lock()) accepted_(std::move(socket), to_text(remote), worker, tls_);
            continue;
        }
        if (!acceptor_.is_open()) co_return;
        // Out of descriptors or memory: the connection waits in the kernel's queue until others end.
        log(MessageId::HT7002, {{"url", url()}, {"reason", error.message()}});
        pause.expires_after(accept_pause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

void Listener::close() {
    ErrorCondition ignored;
    acceptor_.close(ignored);
}

}  // namespace hutong::http
