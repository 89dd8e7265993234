// One listening port: accepts, and hands each connection to the worker with the fewest.
//
// Internal to this folder. Runs on the first worker's thread; an open port survives reload().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http/connection.hpp"

namespace hutong::http {

class Listener : public std::enable_shared_from_this<Listener> {
  public:
    // Called on the listener's thread with each new connection, already bound to `worker`'s context.
    using Accepted = std::function<void(Socket socket, std::string remote,
                                        const std::shared_ptr<Worker>& worker, bool tls)>;
    using Workers = std::vector<std::shared_ptr<Worker>>;

    // The workers belong to the server: a coroutine that outlived it must not keep them.
    Listener(asio::io_context& context, std::weak_ptr<const Workers> workers, bool tls, Accepted accepted);
    Result<void> open(const std::string& address);  // "127.0.0.1:0", "[::1]:8443"
    std::string url() const;
    void run();    // spawns the accepting coroutine
    void close();  // on the listener's thread

  private:
    Awaitable<void> accept();
    std::weak_ptr<Worker> least_loaded() const;

    std::weak_ptr<const Workers> workers_;
    bool tls_;
    Accepted accepted_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ip::tcp::endpoint local_;
};

std::string to_text(const asio::ip::tcp::endpoint& endpoint);

}  // namespace hutong::http
