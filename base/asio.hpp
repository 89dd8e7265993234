// The one door to Boost.Asio: coroutine types under short names, nothing else.
#pragma once

#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace hutong {

namespace asio = boost::asio;

template <class T = void>
using Awaitable = asio::awaitable<T>;

// Runs blocking `work` on `pool` and resumes the caller on its own executor with what it returned.
template <class Pool, class Work>
auto run_on(Pool& pool, Work work) -> Awaitable<std::invoke_result_t<Work>> {
    using Value = std::invoke_result_t<Work>;
    auto there = [work = std::move(work)]() mutable -> Awaitable<Value> { co_return work(); };
    co_return co_await asio::co_spawn(pool.get_executor(), std::move(there), asio::use_awaitable);
}

}  // namespace hutong
