#include "base/pg/connection.hpp"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <fcntl.h>
#include <poll.h>

#include "base/pg/rows.hpp"

namespace hutong::pg {

namespace {

using asio::posix::stream_descriptor;
using namespace asio::experimental::awaitable_operators;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

// libpq would look a host name up in the calling thread and hold up everything else that runs there. Returns
// the addresses to try instead, one after the other; one empty one where there is nothing to look up (a
// socket folder, several hosts, no host).
Awaitable<Result<std::vector<std::string>>> host_addresses(const std::string& url) {
    const std::vector<std::string> as_the_url_says{std::string()};
    char* failure = nullptr;
    const std::unique_ptr<PQconninfoOption, Finish> options(PQconninfoParse(url.c_str(), &failure));
    PQfreemem(failure);  // it may quote the password
    if (!options)
        co_return invalid(
            "the database URL cannot be read; write it as postgresql://user@host:5432/database");
    std::string host;
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        const std::string_view keyword = option->keyword;
        if (keyword == "hostaddr" && option->val && *option->val) co_return as_the_url_says;
        if (keyword == "host" && option->val) host = option->val;
    }
    if (host.empty() || host.starts_with('/') || host.starts_with('@') || host.find(',') != host.npos)
        co_return as_the_url_says;
    asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto [failed, found] = co_await resolver.async_resolve(host, "", as_tuple);
    if (failed || found.empty())
        co_return unavailable("the database is away: host name " + host +
                              " cannot be resolved: " + failed.message());
    std::vector<std::string> addresses;
    for (const auto& one : found) {
        std::string address = one.endpoint().address().to_string();
        if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
            addresses.push_back(std::move(address));
    }
    co_return addresses;
}

ConnectionHandle start_connecting(const std::string& url, const std::string& address) {
    // What stands before dbname is a default that the URL may override; what stands after it overrides the
    // URL.
    std::vector<const char*> keys{"gssencmode",      "fallback_application_name",
                                  "keepalives_idle", "tcp_user_timeout",
                                  "dbname",          "client_encoding"};
    std::vector<const char*> values{"disable", "hutong", "30", "30000", url.c_str(), "UTF8"};
    if (!address.empty()) {
        keys.push_back("hostaddr");
        values.push_back(address.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    return ConnectionHandle(PQconnectStartParams(keys.data(), values.data(), 1));
}

Error no_answer() {
    return {ErrorCode::timeout, "the database did not answer in time"};
}

// Whether a prepared statement may have failed for having been prepared: its tables were changed since
// (another version of the program upgraded the database), or somebody between here and the server gave the
// session to others.
bool may_be_stale(const PGresult* result) {
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state == nullptr) return false;
    const std::string_view kind = std::string_view(state).substr(0, 2);
    return kind == "0A" || kind == "26" || kind == "42";
}

}  // namespace

Connection::Connection(asio::any_io_executor executor, ConnectionHandle handle)
    : timer_(executor), socket_(executor), handle_(std::move(handle)) {}

Error Connection::broken(Error error) {
    broken_ = true;
    return error;
}

bool Connection::watch() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    const int copy = ::fcntl(PQsocket(handle_.get()), F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return false;
    boost::system::error_code failed;
    socket_.assign(copy, failed);
    if (failed) ::close(copy);
    return !failed;
}

Awaitable<bool> Connection::ready(stream_descriptor::wait_type what, Deadline deadline) {
    timer_.expires_at(deadline);
    const auto first = co_await (socket_.async_wait(what, as_tuple) || timer_.async_wait(as_tuple));
    co_return first.index() == 0 && !std::get<0>(std::get<0>(first));
}

Awaitable<Result<std::unique_ptr<Connection>>> Connection::open(asio::any_io_executor executor,
                                                                std::string url, std::string settings,
                                                                std::chrono::milliseconds limit) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    const auto addresses = co_await host_addresses(url);
    if (addresses.has_error()) co_return addresses.error();
    // A name may have an address where nobody listens (::1 of localhost): the next one gets its share of
    // time.
    std::unique_ptr<Connection> connection;
    Result<void> connected = unavailable("the database is away: its host has no address");
    bool reached = false;  // a server that says no has the last word
    for (std::size_t tried = 0; tried < addresses->size() && !reached; ++tried) {
        const auto now = std::chrono::steady_clock::now();
        const auto share = (deadline - now) / static_cast<long>(addresses->size() - tried);
        connection.reset(new Connection(executor, start_connecting(url, (*addresses)[tried])));
        connected = co_await connection->connect(now + share);
        reached = connection->reached_;
    }
    if (!connected) co_return connected.error();
    if (!settings.empty()) {
        Params none;
        auto set = co_await connection->query(std::move(settings), std::move(none), deadline);
        if (set.has_error()) co_return set.error();
    }
    co_return std::move(connection);
}

Awaitable<Result<void>> Connection::connect(Deadline deadline) {
    PGconn* raw = handle_.get();
    if (!raw || PQstatus(raw) == CONNECTION_BAD) co_return connection_error(raw);
    ignore_notices(raw);
    auto want = PGRES_POLLING_WRITING;
    while (want != PGRES_POLLING_OK) {
        // libpq may have moved to a new socket (another address, TLS tried again) that has the old one's
        // number.
        if (!watch()) co_return unavailable("the database is away: no file descriptor left for a connection");
        const auto direction =
            want == PGRES_POLLING_READING ? stream_descriptor::wait_read : stream_descriptor::wait_write;
        const bool came = co_await ready(direction, deadline);
        if (!came)
            co_return unavailable("the database is away: no connection to " + describe(raw) + " in time");
        want = PQconnectPoll(raw);
        if (want == PGRES_POLLING_FAILED) co_return connection_error(raw);
        reached_ = reached_ || (PQstatus(raw) != CONNECTION_STARTED && PQstatus(raw) != CONNECTION_NEEDED);
    }
    if (!watch() || PQsetnonblocking(raw, 1) != 0) co_return connection_error(raw);
    co_return Result<void>();
}

Awaitable<Result<Rows>> Connection::query(std::string sql, Params params, Deadline deadline) {
    std::vector<const char*> values;
    values.reserve(params.size());
    for (const Param& param : params) {
        if (param && param->find('\0') != std::string::npos)
            co_return invalid("database: a value with a NUL character cannot be stored");
        values.push_back(param ? param->c_str() : nullptr);
    }
    PGconn* raw = handle_.get();
    const int count = static_cast<int>(values.size());
    StatementNames::Choice choice;
    if (count > 0) choice = statements_.choose(sql);
    stale_ = false;
    auto prepared = co_await prepare(choice, sql, deadline);
    if (prepared.has_error()) {
        if (choice.prepare) statements_.forget(sql);
        co_return prepared.error();
    }
    int sent = 0;
    if (count == 0)  // the simple protocol: it alone takes several statements
        sent = PQsendQuery(raw, sql.c_str());
    else if (choice.name.empty())
        sent = PQsendQueryParams(raw, sql.c_str(), count, nullptr, values.data(), nullptr, nullptr, 0);
    else
        sent = PQsendQueryPrepared(raw, choice.name.c_str(), count, values.data(), nullptr, nullptr, 0);
    if (!sent) co_return broken(connection_error(raw));
    auto rows = co_await answer(deadline);
    // The next connection has none prepared.
    if (stale_ && !choice.name.empty()) broken_ = collided_ = true;
    co_return rows;
}

Awaitable<Result<void>> Connection::prepare(const StatementNames::Choice& choice, const std::string& sql,
                                            Deadline deadline) {
    PGconn* raw = handle_.get();
    if (!choice.deallocate.empty()) {
        if (!PQsendQuery(raw, ("deallocate " + choice.deallocate).c_str()))
            co_return broken(connection_error(raw));
        auto gone = co_await answer(deadline);
        if (gone.has_error()) co_return broken(gone.error());  // the server has one that is not counted
    }
    if (choice.prepare) {
        if (!PQsendPrepare(raw, choice.name.c_str(), sql.c_str(), 0, nullptr))
            co_return broken(connection_error(raw));
        auto made = co_await answer(deadline);
        if (made.has_error()) co_return made.error();
    }
    co_return Result<void>();
}

Awaitable<Result<void>> Connection::flush(Deadline deadline) {
    PGconn* raw = handle_.get();
    for (;;) {
        const int left = PQflush(raw);
        if (left == 0) co_return Result<void>();
        if (left < 0) co_return broken(connection_error(raw));
        // The server may have to be heard before it takes more.
        timer_.expires_at(deadline);
        const auto first = co_await (socket_.async_wait(stream_descriptor::wait_write, as_tuple) ||
                                     socket_.async_wait(stream_descriptor::wait_read, as_tuple) ||
                                     timer_.async_wait(as_tuple));
        if (first.index() == 2) co_return broken(no_answer());
        if (first.index() == 1 && !PQconsumeInput(raw)) co_return broken(connection_error(raw));
    }
}

Awaitable<Result<Rows>> Connection::answer(Deadline deadline) {
    if (auto sent = co_await flush(deadline); sent.has_error()) co_return sent.error();
    PGconn* raw = handle_.get();
    auto state = std::make_shared<Rows::State>();
    std::optional<Error> failure;
    for (;;) {
        while (PQisBusy(raw)) {
            if (!co_await ready(stream_descriptor::wait_read, deadline)) co_return broken(no_answer());
            if (!PQconsumeInput(raw)) co_return broken(connection_error(raw));
        }
        ResultHandle result(PQgetResult(raw));
        if (!result) break;
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
            co_return broken(internal("database: COPY is not for this connection"));
        if (!succeeded(result.get()) && !failure) {
            failure = sql_error(result.get());
            collided_ = collided_ || is_collision(result.get());
            stale_ = stale_ || may_be_stale(result.get());
        }
        state->result = std::move(result);
    }
    if (PQstatus(raw) != CONNECTION_OK) broken_ = true;
    if (failure) co_return *failure;
    if (!state->result) co_return broken(connection_error(raw));
    co_return Rows(std::move(state));
}

Awaitable<Result<Connection::Notifications>> Connection::notifications(Deadline deadline) {
    PGconn* raw = handle_.get();
    Notifications heard;
    const auto collect = [&] {
        while (const NotifyHandle notify{PQnotifies(raw)}) heard.emplace_back(notify->relname, notify->extra);
    };
    collect();  // some may have come with an earlier answer
    if (heard.empty() && co_await ready(stream_descriptor::wait_read, deadline)) {
        if (!PQconsumeInput(raw)) co_return broken(connection_error(raw));
        collect();
    }
    co_return heard;
}

bool Connection::reusable() const {
    return !broken_ && PQstatus(handle_.get()) == CONNECTION_OK &&
           PQtransactionStatus(handle_.get()) == PQTRANS_IDLE;
}

bool Connection::quiet() const {
    pollfd watched{PQsocket(handle_.get()), POLLIN, 0};
    return ::poll(&watched, 1, 0) == 0;
}

}  // namespace hutong::pg
