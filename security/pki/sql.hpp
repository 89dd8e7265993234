// What the statements of this folder share beyond base/pg/sql.hpp: times as text, and the one way to leave
// with an error.
#pragma once

#include "base/pg/sql.hpp"

namespace hutong::security {

using pg::or_null;
using pg::with;

// A column as xs:dateTime, the form parse_utc() reads.
inline std::string utc(const std::string& column) {
    return "to_char(" + column + " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";
}

inline Awaitable<Result<void>> run(pg::Session& session, std::string sql, pg::Params params = {}) {
    const auto rows = co_await session.query(std::move(sql), std::move(params));
    if (!rows) co_return rows.error();
    co_return Result<void>();
}

inline Awaitable<Result<void>> raise_generation(pg::Session& session) {
    const std::string sql = "select raise_generation()";
    co_return co_await run(session, sql);
}

}  // namespace hutong::security

// Runs a statement in a coroutine that returns a Result; `rows` is declared, or the coroutine leaves with the
// error.
#define HUTONG_ROWS(rows, session, ...)                             \
    auto rows##_result = co_await (session).query(__VA_ARGS__);     \
    if (rows##_result.has_error()) co_return rows##_result.error(); \
    const pg::Rows rows = std::move(*rows##_result)

// Leaves the coroutine with the error of a step.
#define HUTONG_STEP(...)                                                         \
    do {                                                                         \
        auto step_result_ = co_await __VA_ARGS__;                                \
        if (step_result_.has_error()) co_return std::move(step_result_).error(); \
    } while (false)
