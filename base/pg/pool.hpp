// PostgreSQL through libpq, asynchronously on Asio: pool, sessions, transactions.
//
// libpq stays behind this folder. A Pool is thread-safe; a Session belongs to one coroutine at a time. When
// the server is away every call fails at once with ErrorCode::unavailable and one line that says what is
// away, and the pool reconnects by itself.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/asio.hpp"
#include "base/bytes.hpp"
#include "base/config/config.hpp"
#include "base/result.hpp"

namespace hutong::pg {

using Param = std::optional<std::string>;  // text format; nullopt is NULL
using Params = std::vector<Param>;

// The rows of one answer; owns them.
class Rows {
  public:
    std::size_t size() const;
    bool empty() const { return size() == 0; }
    std::string_view text(std::size_t row, std::size_t column) const;  // NULL reads as empty
    std::optional<std::string> value(std::size_t row, std::size_t column) const;
    std::int64_t integer(std::size_t row, std::size_t column) const;
    bool boolean(std::size_t row, std::size_t column) const;
    Bytes bytes(std::size_t row, std::size_t column) const;  // a bytea column
    std::uint64_t affected() const;
    std::string_view command() const;  // the command tag, e.g. "INSERT 0 1"

    struct State;
    explicit Rows(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    Rows() = default;

  private:
    std::shared_ptr<const State> state_;
};

std::string bytea(ByteView bytes);  // a parameter of type bytea

class Session {
  public:
    virtual ~Session() = default;
    // SQL errors: unique violation → conflict, foreign key → not_found or conflict, check → invalid, others →
    // internal.
    virtual Awaitable<Result<Rows>> query(std::string sql, Params params = {}) = 0;
};

class Pool : public Session {
  public:
    Pool(asio::any_io_executor executor, const config::Database& options, std::string url);
    ~Pool() override;

    Awaitable<Result<Rows>> query(std::string sql, Params params = {}) override;

    // Runs `work` between BEGIN and COMMIT; an error of `work` rolls back and is returned.
    using Work = std::function<Awaitable<Result<void>>(Session&)>;
    Awaitable<Result<void>> transaction(Work work);
    // Begins anew as a whole, most_tries times in all, when it met others (deadlock, serialization failure, a
    // prepared statement that was stale). So `work` sets all that it changes outside of the database from the
    // beginning each time. Error after the last time: timeout; nothing was changed.
    Awaitable<Result<void>> repeatable_transaction(Work work);
    static constexpr unsigned most_tries = 6;

    bool available() const;  // as of the last attempt
    void close();            // later calls are unavailable; calls under way finish

  private:
    Awaitable<Result<void>> attempt(const Work& work, bool& collided);

    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace hutong::pg
