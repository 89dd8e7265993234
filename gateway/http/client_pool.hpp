// The client's connections, kept per endpoint: idle ones for the next request, a limit on all of them.
//
// One pool per Client; used only from its io_context's thread. Internal to this folder.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http/client.hpp"
#include "gateway/http/read_buffer.hpp"
#include "gateway/http/stream.hpp"

namespace hutong::http {

struct ClientConnection {
    ClientConnection(Socket socket, std::shared_ptr<Timekeeper> keeper)
        : stream(std::move(socket), std::move(keeper)) {}
    Stream stream;
    ReadBuffer buffer;
    bool reused{false};
    Instant idle_since{};
};

class ClientPool : public std::enable_shared_from_this<ClientPool> {
  public:
    ClientPool(asio::io_context& context, const config::Backend& options)
        : options_(options), sweep_(context), context_(context) {}

    // The right to one connection of an endpoint; gives the connection back (keep()) or lets it go.
    class Lease {
      public:
        Lease() = default;
        Lease(std::weak_ptr<ClientPool> pool, std::string endpoint)
            : pool_(std::move(pool)), endpoint_(std::move(endpoint)), held_(true) {}
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&& other) noexcept;
        ~Lease() { release(); }
        void keep();  // the connection is fit for another request
        void release();
        std::unique_ptr<ClientConnection> connection;  // null: none idle, make one

      private:
        std::weak_ptr<ClientPool> pool_;
        std::string endpoint_;
        bool held_{false};
    };

    // Waits until `until` when all connections are in use. `fresh`: without an idle connection.
    Awaitable<Result<Lease>> acquire(const Url& url, bool fresh, Instant until);
    void close();

  private:
    struct Endpoint {
        std::vector<std::unique_ptr<ClientConnection>> idle;  // the last used at the back
        unsigned in_use{0};
        std::list<asio::steady_timer*> waiting;  // first come, first served
    };
    void give_back(const std::string& endpoint, std::unique_ptr<ClientConnection> connection);
    void schedule_sweep();
    bool sweep();  // true: some connections are still idle

    config::Backend options_;
    std::map<std::string, Endpoint> endpoints_;
    asio::steady_timer sweep_;
    asio::io_context& context_;
    bool sweeping_{false};
    bool closed_{false};
};

}  // namespace hutong::http
