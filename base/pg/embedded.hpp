// A private PostgreSQL cluster under the home folder: unix socket only, no TCP, owned by an unprivileged user when
// we run as root.
//
// One EmbeddedServer per home; not thread-safe; calls block. A postgres left by a crashed daemon is taken over.
#pragma once

#include "base/home.hpp"
#include "base/result.hpp"

#include <memory>
#include <string>

namespace hutong::pg {

class EmbeddedServer {
  public:
    static Result<void> create(const Home& home);                   // initdb and the database "hutong"
    static Result<std::unique_ptr<EmbeddedServer>> start(const Home& home);
    ~EmbeddedServer();                                              // stops it (fast shutdown)
    std::string url() const;
    void stop();
    static bool exists(const Home& home);

  private:
    struct State;
    explicit EmbeddedServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hutong::pg
