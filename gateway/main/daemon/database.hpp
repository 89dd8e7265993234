// The platform's database as the daemon sees it: embedded (started and stopped here) or a server by URL.
//
// open() and prepare() block; watch() runs on the control thread and is the only user of the embedded server
// after start-up. The Database outlives the coroutine.
#pragma once

#include <memory>
#include <string>

#include "base/asio.hpp"
#include "base/config/config.hpp"
#include "base/home.hpp"
#include "base/pg/embedded.hpp"
#include "base/pg/pool.hpp"

namespace hutong::daemon {

class Database {
  public:
    // Starts the embedded server when no URL is configured.
    static Result<std::unique_ptr<Database>> open(const Home& home, const config::Database& options);

    // Brings the schema up to date. A server by URL that is away is no error: calls can go on with a saved
    // snapshot, and watch() does it later. Error: refused, when the schema is newer than this program.
    Result<void> prepare();

    const std::string& url() const { return url_; }
    bool embedded() const { return is_embedded_; }

    // Migrates once the database is there, when it was away at start, and starts an embedded server again
    // that has died. Ends when `timer` is cancelled.
    Awaitable<> watch(pg::Pool& pool, asio::thread_pool& blocking, asio::steady_timer& timer);

  private:
    Database(const Home& home, std::string url, std::unique_ptr<pg::EmbeddedServer> embedded);
    Result<void> start_again();

    Home home_;
    std::string url_;
    bool is_embedded_;
    std::unique_ptr<pg::EmbeddedServer> embedded_;  // null while a new one could not be started
    bool migrated_{false};
};

}  // namespace hutong::daemon
