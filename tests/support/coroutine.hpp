// Runs a coroutine from a test: drives the io_context until it is done, with a bound that only a hang
// reaches.
//
// For one thread; what the context also has to do goes on meanwhile.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

#include "base/asio.hpp"

namespace hutong::test {

template <class T>
T run(asio::io_context& context, Awaitable<T> work) {
    std::optional<T> value;
    std::exception_ptr failure;
    bool done = false;
    asio::co_spawn(
        context,
        [&value, work = std::move(work)]() mutable -> Awaitable<void> {
            value.emplace(co_await std::move(work));
        },
        [&](std::exception_ptr thrown) {
            failure = thrown;
            done = true;
        });
    const auto bound = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    context.restart();
    while (!done) {
        if (std::chrono::steady_clock::now() > bound) throw std::runtime_error("the coroutine hangs");
        context.run_one_for(std::chrono::seconds(1));
        if (context.stopped()) context.restart();
    }
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
}

// Goes on with the context's work until `fulfilled` says so.
template <class Condition>
void run_until(asio::io_context& context, Condition fulfilled) {
    const auto bound = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    context.restart();
    while (!fulfilled()) {
        if (std::chrono::steady_clock::now() > bound)
            throw std::runtime_error("what the test waits for never comes");
        context.run_one_for(std::chrono::milliseconds(20));
        if (context.stopped()) context.restart();
    }
}

}  // namespace hutong::test
