#include "gateway/http/stream.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <openssl/err.h>
#include <sys/socket.h>

namespace hutong::http {

namespace {

constexpr std::size_t tls_record = 16u << 10;

auto into(ErrorCondition& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

}  // namespace

Stream::Stream(Socket socket, std::shared_ptr<Timekeeper> keeper)
    : Watch(std::move(keeper)), socket_(std::move(socket)) {
    ErrorCondition ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Stream::~Stream() = default;

void Stream::set_deadline(Instant when) {
    timed_out_ = false;
    Watch::set_deadline(std::min(when, end_));
}

void Stream::overdue() {
    timed_out_ = true;
    ErrorCondition ignored;
    socket_.cancel(ignored);
}

void Stream::stop() {
    stopped_ = true;
    ErrorCondition ignored;
    socket_.cancel(ignored);
}

ErrorCondition Stream::interrupted() const {
    if (stopped_) return asio::error::shut_down;
    if (timed_out_) return asio::error::timed_out;
    return {};
}

Awaitable<ErrorCondition> Stream::wait(Socket::wait_type what) {
    if (const auto why = interrupted()) co_return why;
    ErrorCondition error;
    co_await socket_.async_wait(what, into(error));
    if (const auto why = interrupted(); why && error) co_return why;
    co_return error;
}

Awaitable<ErrorCondition> Stream::wait_readable() {
    if (tls_ && SSL_has_pending(tls_.get())) co_return ErrorCondition{};
    co_return co_await wait(Socket::wait_read);
}

Awaitable<ErrorCondition> Stream::wait_for_tls(int result) {
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            co_return co_await wait(Socket::wait_read);
        case SSL_ERROR_WANT_WRITE:
            co_return co_await wait(Socket::wait_write);
        case SSL_ERROR_ZERO_RETURN:
            co_return asio::error::eof;
        case SSL_ERROR_SYSCALL:
            tls_broken_ = true;
            co_return asio::error::connection_reset;
        default:
            tls_broken_ = true;
            co_return make_error_code(boost::system::errc::protocol_error);
    }
}

Awaitable<ErrorCondition> Stream::handshake() {
    for (;;) {
        ERR_clear_error();
        const int result = SSL_do_handshake(tls_.get());
        if (result == 1) co_return ErrorCondition{};
        if (const auto error = co_await wait_for_tls(result)) co_return error;
    }
}

Awaitable<Transfer> Stream::read_some(char* buffer, std::size_t size) {
    if (const auto why = interrupted()) co_return Transfer{0, why};
    Transfer done;
    if (!tls_) {
        done.bytes = co_await socket_.async_read_some(asio::buffer(buffer, size), into(done.error));
        if (const auto why = interrupted(); why && done.error) done.error = why;
        co_return done;
    }
    for (;;) {
        ERR_clear_error();
        const int result = SSL_read_ex(tls_.get(), buffer, size, &done.bytes);
        if (result == 1) co_return done;
        if (const auto error = co_await wait_for_tls(result)) co_return Transfer{0, error};
    }
}

Awaitable<Transfer> Stream::write(std::span<const std::string_view> views, milliseconds standstill) {
    if (stopped_) co_return Transfer{0, asio::error::shut_down};
    set_deadline(now() + standstill);
    if (tls_) co_return co_await write_tls(views, standstill);
    co_return co_await write_plain(views, standstill);
}

Awaitable<Transfer> Stream::write_plain(std::span<const std::string_view> views, milliseconds standstill) {
    std::array<asio::const_buffer, 16> buffers;
    std::size_t skip = 0;  // of views[0], sent already
    Transfer done;
    while (!views.empty()) {
        std::size_t count = 0;
        for (; count < buffers.size() && count < views.size(); ++count) {
            buffers[count] = asio::buffer(views[count].data(), views[count].size());
        }
        buffers[0] += skip;
        std::size_t sent = socket_.write_some(std::span(buffers).first(count), done.error);
        if (done.error == asio::error::would_block) {
            done.error = co_await wait(Socket::wait_write);
            if (done.error) co_return done;
            set_deadline(now() + standstill);
            continue;
        }
        if (done.error) co_return done;
        done.bytes += sent;
        for (sent += skip; !views.empty() && sent >= views.front().size(); views = views.subspan(1)) {
            sent -= views.front().size();
        }
        skip = sent;
    }
    co_return done;
}

Awaitable<Transfer> Stream::write_tls(std::span<const std::string_view> views, milliseconds standstill) {
    std::string record;  // small views share a TLS record
    Transfer done;
    while (!views.empty()) {
        std::string_view out = views.front();
        if (out.size() < tls_record && views.size() > 1) {
            record.clear();
            while (!views.empty() && record.size() < tls_record) {
                const std::size_t take = std::min(views.front().size(), tls_record - record.size());
                if (take < views.front().size()) break;
                record.append(views.front());
                views = views.subspan(1);
            }
            out = record;
        }
        if (record.empty() || out.data() != record.data()) views = views.subspan(1);
        while (!out.empty()) {
            ERR_clear_error();
            std::size_t sent = 0;
            const int result = SSL_write_ex(tls_.get(), out.data(), out.size(), &sent);
            if (result == 1) {
                done.bytes += sent;
                out.remove_prefix(sent);
                continue;
            }
            if ((done.error = co_await wait_for_tls(result))) co_return done;
            set_deadline(now() + standstill);
        }
    }
    co_return done;
}

Awaitable<void> Stream::finish(milliseconds patience) {
    stopped_ = false;
    set_deadline(now() + patience);
    if (tls_ && !tls_broken_) {
        ERR_clear_error();
        SSL_shutdown(tls_.get());
        ERR_clear_error();
    }
    ErrorCondition error;
    socket_.shutdown(Socket::shutdown_send, error);
    std::array<char, 4096> discarded;
    while (!error && !timed_out_ && !stopped_) {
        co_await socket_.async_read_some(asio::buffer(discarded), into(error));
    }
    close();
}

void Stream::close() {
    ErrorCondition ignored;
    socket_.close(ignored);
}

bool Stream::quiet() {
    char byte = 0;
    if (tls_) {  // also takes in session tickets, which TLS 1.3 servers send unasked
        ERR_clear_error();
        const int result = SSL_peek(tls_.get(), &byte, 1);
        return result <= 0 && SSL_get_error(tls_.get(), result) == SSL_ERROR_WANT_READ;
    }
    const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EINTR);
}

bool Stream::has_input() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace hutong::http
