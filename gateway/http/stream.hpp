// One connection's byte stream, plain or TLS, with a deadline: the one place that touches sockets.
//
// Not a template, so that TLS does not compile everything twice. Owned by one coroutine of one io_context;
// stop() may be called from other code of that same thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/asio.hpp"
#include "gateway/http/timekeeper.hpp"
#include "gateway/http/tls.hpp"

namespace hutong::http {

// Bound to the concrete executor: the hot path needs no type erasure.
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using ErrorCondition = boost::system::error_code;

struct Transfer {
    std::size_t bytes{0};  // moved, also when it ended in an error
    ErrorCondition error;  // asio::error::eof only for an orderly end
};

class Stream final : private Timekeeper::Watch {
  public:
    Stream(Socket socket, std::shared_ptr<Timekeeper> keeper);
    ~Stream() override;

    void use(TlsSession session) { tls_ = std::move(session); }
    Awaitable<ErrorCondition> handshake();
    const SSL* tls() const { return tls_.get(); }
    int native_handle() { return socket_.native_handle(); }

    // What is pending at the deadline, or begins after it, ends with asio::error::timed_out.
    void set_deadline(Instant when);
    // From now on no deadline is later than this, those that move on with the peer's steps included.
    void set_end(Instant end) { end_ = end; }
    bool timed_out() const { return timed_out_; }
    // Ends the pending operation and all later ones with asio::error::shut_down, until resume().
    void stop();
    bool stopped() const { return stopped_; }
    void resume() { stopped_ = false; }

    Awaitable<Transfer> read_some(char* buffer, std::size_t size);
    Awaitable<ErrorCondition> wait_readable();
    // Sends all views; the deadline moves on with every step the peer takes, so it bounds a standstill.
    Awaitable<Transfer> write(std::span<const std::string_view> views, milliseconds standstill);
    // Says goodbye in order, and reads on for a while: closing at once would reset the connection and lose
    // the answer.
    Awaitable<void> finish(milliseconds patience);
    void close();

    // True when nothing has arrived and the peer has not closed: good for another request.
    bool quiet();
    bool has_input();  // bytes wait in the socket

  private:
    void overdue() override;
    ErrorCondition interrupted() const;
    Awaitable<ErrorCondition> wait(Socket::wait_type what);
    Awaitable<ErrorCondition> wait_for_tls(int result);  // success: try again
    Awaitable<Transfer> write_plain(std::span<const std::string_view> views, milliseconds standstill);
    Awaitable<Transfer> write_tls(std::span<const std::string_view> views, milliseconds standstill);

    Socket socket_;
    TlsSession tls_;
    Instant end_{never};
    bool timed_out_{false};
    bool stopped_{false};
    bool tls_broken_{false};
};

}  // namespace hutong::http
