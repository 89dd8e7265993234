// Small tools for coroutines that return Result: leaving early, and running one to its end from a plain
// function.
#pragma once

#include <exception>
#include <optional>

#include "base/asio.hpp"
#include "base/result.hpp"

// co_return's forms of HUTONG_TRY and HUTONG_ASSIGN.
#define HUTONG_CO_TRY(expression)                                              \
    do {                                                                       \
        auto try_result_ = (expression);                                       \
        if (try_result_.has_error()) co_return std::move(try_result_).error(); \
    } while (false)

#define HUTONG_CO_ASSIGN(variable, expression)                         \
    auto HUTONG_CONCAT(assign_, __LINE__) = (expression);              \
    if (HUTONG_CONCAT(assign_, __LINE__).has_error())                  \
        co_return std::move(HUTONG_CONCAT(assign_, __LINE__)).error(); \
    variable = std::move(*HUTONG_CONCAT(assign_, __LINE__))

namespace hutong {

// Runs `work` on `context`, which nobody else runs, until it is done. What else waits on the context stays
// there.
template <class T>
T run_until_done(asio::io_context& context, Awaitable<T> work) {
    std::optional<T> outcome;
    std::exception_ptr failed;
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr problem, T value) {
        failed = problem;
        outcome.emplace(std::move(value));
    });
    context.restart();
    while (!outcome && context.run_one() > 0) {
    }
    if (failed) std::rethrow_exception(failed);
    return std::move(*outcome);
}

// Waits without blocking the thread; false when the wait was cancelled.
inline Awaitable<bool> sleep_for(asio::steady_timer& timer, std::chrono::steady_clock::duration length) {
    timer.expires_after(length);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return !cancelled;
}

}  // namespace hutong
