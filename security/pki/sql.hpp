// What the statements of this folder share beyond base/pg/sql.hpp: steps without rows, and the generation.
#pragma once

#include "base/pg/sql.hpp"

namespace hutong::security {

using pg::as_utc;
using pg::or_null;
using pg::with;

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

// Leaves the coroutine with the error of a step.
#define HUTONG_STEP(...)                                                         \
    do {                                                                         \
        auto step_result_ = co_await __VA_ARGS__;                                \
        if (step_result_.has_error()) co_return std::move(step_result_).error(); \
    } while (false)
