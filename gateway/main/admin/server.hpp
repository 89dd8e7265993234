// The daemon's end of HOME/run/admin.sock: lets in only the home's owner and root, and bounds size, time and
// number.
//
// The kernel says who is at the other end (SO_PEERCRED). Everything runs on the one executor given, which one
// thread runs; start() and stop() are called from there or before it runs.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <sys/types.h>

#include "base/asio.hpp"
#include "gateway/main/admin/protocol.hpp"

namespace hutong::admin {

// Who sent a command.
struct Peer {
    uid_t uid{0};
    pid_t pid{0};
    std::string login;         // as login_session.hpp has it; empty: not known
    std::string text() const;  // "uid 1000 (zhang), pid 4711"
};

struct ServerLimits {
    std::uint64_t request_bytes{max_request_bytes};
    unsigned connections{32};
    std::chrono::seconds transfer{30};  // for the whole request to come in, and for the answer to leave
};

class Server {
  public:
    using Handle = std::function<Awaitable<Reply>(Request, Peer)>;
    // What no command could be read from, or came from a stranger: gives back the error to answer with.
    using TurnAway = std::function<Awaitable<Error>(Error, Peer)>;

    Server(asio::any_io_executor executor, std::filesystem::path path, uid_t owner, ServerLimits limits,
           Handle handle, TurnAway turn_away);
    ~Server();
    Result<void> start();  // the caller holds the home's lock: a socket left by a crash is replaced
    void stop();           // no new connections; the socket file is removed

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace hutong::admin
