// The daemon's threads: one io_context with one thread for each data-plane core, one for control, a small
// blocking pool.
//
// Data threads carry calls and nothing else. Control carries the database, the catalogue, administration and
// signals. start() and stop() from the main thread.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/asio.hpp"

namespace hutong::daemon {

// An io_context that one thread runs until stop().
class ContextThread {
  public:
    ContextThread();
    ~ContextThread();
    asio::io_context& context() { return context_; }
    void start(const char* name);
    void stop();

  private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_;
    std::thread thread_;
};

class Threads {
  public:
    explicit Threads(unsigned data_threads);  // 0: one per core
    std::vector<asio::io_context*> data_contexts();
    asio::io_context& control() { return control_.context(); }
    asio::thread_pool& blocking() { return blocking_; }
    // For what may wait for a token with keys, and for nothing else.
    asio::thread_pool& keys() { return keys_; }

    void start();
    void stop_data();
    void stop();

  private:
    ContextThread control_;
    std::vector<std::unique_ptr<ContextThread>> data_;
    asio::thread_pool blocking_{2};
    asio::thread_pool keys_{2};
};

}  // namespace hutong::daemon
