// One libpq connection driven by Asio: connect, query, notifications; every wait has a deadline. Internal to
// base/pg.
//
// All calls must run on the executor the connection was opened with (a strand), one at a time. Whatever goes
// wrong while an answer is awaited leaves it unusable: drop it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/asio.hpp"
#include "base/pg/libpq.hpp"
#include "base/pg/pool.hpp"
#include "base/pg/statement_names.hpp"

namespace hutong::pg {

using Deadline = std::chrono::steady_clock::time_point;

class Connection {
  public:
    // `settings`: SQL run first, before the connection is handed out.
    static Awaitable<Result<std::unique_ptr<Connection>>> open(asio::any_io_executor executor,
                                                               std::string url, std::string settings,
                                                               std::chrono::milliseconds limit);

    // What has parameters is prepared when it comes for the second time.
    Awaitable<Result<Rows>> query(std::string sql, Params params, Deadline deadline);

    // Waits until something arrives or the deadline passes, and returns the (channel, payload) pairs that
    // came. Error: unavailable, when the connection broke.
    using Notifications = std::vector<std::pair<std::string, std::string>>;
    Awaitable<Result<Notifications>> notifications(Deadline deadline);

    bool reusable() const;  // healthy, no transaction open, no answer outstanding
    // Whether the server has ended a statement for the sake of another transaction, or a prepared one was
    // stale, since forget_collision().
    bool collided() const { return collided_; }
    void forget_collision() { collided_ = false; }
    bool quiet() const;  // nothing has arrived since the last answer, not even the end of the connection
    std::string where() const { return describe(handle_.get()); }

  private:
    Connection(asio::any_io_executor executor, ConnectionHandle handle);
    bool watch();  // a descriptor of our own for libpq's present socket
    Awaitable<bool> ready(asio::posix::stream_descriptor::wait_type what, Deadline deadline);
    Awaitable<Result<void>> connect(Deadline deadline);
    Awaitable<Result<void>> prepare(const StatementNames::Choice& choice, const std::string& sql,
                                    Deadline deadline);
    Awaitable<Result<Rows>> answer(Deadline deadline);
    Awaitable<Result<void>> flush(Deadline deadline);
    Error broken(Error error);

    asio::steady_timer timer_;
    asio::posix::stream_descriptor socket_;  // a dup(): libpq closes its own
    ConnectionHandle handle_;
    StatementNames statements_;
    bool broken_{false};
    bool stale_{false};  // the last answer says what a stale prepared statement's says
    bool collided_{false};
    bool reached_{false};  // a server took the connection, whatever it said then
};

}  // namespace hutong::pg
