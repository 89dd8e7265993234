#include "gateway/main/daemon/threads.hpp"

#include <pthread.h>

namespace hutong::daemon {

ContextThread::ContextThread() : guard_(asio::make_work_guard(context_)) {}

ContextThread::~ContextThread() {
    stop();
}

void ContextThread::start(const char* name) {
    thread_ = std::thread([this] { context_.run(); });
    ::pthread_setname_np(thread_.native_handle(), name);
}

void ContextThread::stop() {
    if (!thread_.joinable()) return;
    context_.stop();
    thread_.join();
}

Threads::Threads(unsigned data_threads) {
    if (data_threads == 0) data_threads = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < data_threads; ++i) data_.push_back(std::make_unique<ContextThread>());
}

std::vector<asio::io_context*> Threads::data_contexts() {
    std::vector<asio::io_context*> contexts;
    for (const auto& each : data_) contexts.push_back(&each->context());
    return contexts;
}

void Threads::start() {
    control_.start("hutong-control");
    for (const auto& each : data_) each->start("hutong-data");
}

void Threads::stop_data() {
    for (const auto& each : data_) each->stop();
}

void Threads::stop() {
    stop_data();
    control_.stop();
    blocking_.join();
}

}  // namespace hutong::daemon
