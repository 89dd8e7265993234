// One accepted connection: a coroutine that reads requests, calls the handler and sends its responses.
//
// Lives on one worker's thread. An idle connection holds no buffers. Internal to this folder.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "gateway/http/read_buffer.hpp"
#include "gateway/http/response_writer.hpp"
#include "gateway/http/server.hpp"
#include "gateway/http/stream.hpp"

namespace hutong::http {

// What new connections are made with; replaced as a whole by reload().
struct Settings {
    ServerOptions options;
    TlsContext tls;  // null when https is off
};

class Connection;

// What all connections share with the server; they may outlive it while they unwind.
struct Tally {
    std::atomic<bool> draining{false};
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> refused{0};
    std::mutex mutex;
    std::condition_variable empty;  // connections became 0
};

// One io_context's share of the server.
struct Worker {
    explicit Worker(asio::io_context& where) : context(where), keeper(std::make_shared<Timekeeper>(where)) {}
    asio::io_context& context;
    std::shared_ptr<Timekeeper> keeper;
    std::unordered_set<Connection*> connections;  // touched on the context's thread only
    std::atomic<std::uint64_t> load{0};           // connections given to it
    std::atomic<std::uint64_t> requests{0};
};

class Connection {
  public:
    Connection(Socket socket, bool tls, std::string remote, Worker& worker,
               std::shared_ptr<const Settings> settings, Handler& handler, const std::atomic<bool>& draining);
    ~Connection();
    Awaitable<void> run();

    void drain();  // ends it now if idle; what is in flight finishes
    void abort();  // ends it now, whatever it does

  private:
    class Call;
    enum class Phase { idle, busy };

    Awaitable<bool> await_request();
    Awaitable<bool> read_head();
    Awaitable<bool> serve();
    Awaitable<bool> answer(Call& call);
    Awaitable<Response> ask_handler(Call& call);
    Awaitable<void> refuse(Refusal refusal, std::string path);
    const config::Http& limits() const { return settings_->options.http; }

    Worker& worker_;
    std::shared_ptr<const Settings> settings_;
    Handler& handler_;
    const std::atomic<bool>& draining_;
    Stream stream_;
    ReadBuffer buffer_;
    std::string scratch_;  // response heads
    std::string remote_;
    std::vector<Bytes> certificates_;
    std::size_t head_size_{0};
    bool tls_;
    bool aborted_{false};
    Phase phase_{Phase::busy};
};

}  // namespace hutong::http
