// A private PostgreSQL cluster under the home folder: unix socket only, no TCP, owned by an unprivileged user
// when we run as root.
//
// One EmbeddedServer per home (a second one, in any process, gets conflict); not thread-safe; calls block. It
// may be connected to by the home's owner and by root, whom the kernel names; there is no password. A
// postgres left by a crashed daemon is taken over, or stopped when it does not answer. It inherits no
// descriptor of ours, and a terminal's Ctrl-C does not reach it. Errors: unavailable or internal, with the
// server's last line.
#pragma once

#include <memory>
#include <string>

#include "base/home.hpp"
#include "base/result.hpp"

namespace hutong::pg {

class EmbeddedServer {
  public:
    // initdb and the database "hutong"; interrupted, it leaves nothing that start() would take for a cluster.
    static Result<void> create(const Home& home);
    static Result<std::unique_ptr<EmbeddedServer>> start(const Home& home);
    ~EmbeddedServer();  // stops it (fast shutdown)
    std::string url() const;
    int pid() const;  // 0 when stopped
    // Starts the server again if it has died; true when it had. For a supervising loop.
    Result<bool> keep_running();
    void stop();
    static bool exists(const Home& home);

  private:
    struct State;
    explicit EmbeddedServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hutong::pg
