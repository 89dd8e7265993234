// A few threads for work that would hold up a data thread, with a queue that has an end.
//
// For work whose amount a caller can choose: what finds the queue full is refused rather than kept waiting.
// run() may be called on any thread.
#pragma once

#include <atomic>
#include <optional>

#include "base/asio.hpp"
#include "base/place.hpp"

namespace hutong::gateway {

class WorkPool {
  public:
    // `most`: works at once, those that wait included.
    WorkPool(unsigned threads, unsigned most) : threads_(threads), most_(most) {}
    void join() { threads_.join(); }  // no run() afterwards

    // Resumes the caller on its own executor with what `work` returned; nothing: the queue is full.
    template <class Work>
    auto run(Work work) -> Awaitable<std::optional<std::invoke_result_t<Work>>> {
        std::optional<std::invoke_result_t<Work>> result;
        const Place place(works_);
        if (place.number <= most_) result.emplace(co_await run_on(threads_, std::move(work)));
        co_return result;
    }

  private:
    asio::thread_pool threads_;
    unsigned most_;
    std::atomic<unsigned> works_{0};
};

}  // namespace hutong::gateway
