// The HTTP and HTTPS server: one io_context per core, each connection a coroutine on one of them.
//
// start() binds and returns; drain() stops accepting, lets in-flight calls finish and returns when they have
// or the configured time is over. reload() takes new certificates and limits for new connections.
// Thread-safe.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/config/config.hpp"
#include "base/result.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/staple.hpp"

namespace hutong::http {

struct TlsFiles {
    std::filesystem::path key;    // PEM, 0600
    std::filesystem::path chain;  // PEM, leaf first
    std::string passphrase{};     // of the key; empty: it is not encrypted
};

struct ServerOptions {
    config::Http http;
    TlsFiles tls;  // needed when http.https is set
    std::filesystem::path spool_folder;
    std::shared_ptr<const Staple> staple{};  // null: no OCSP answer is sent in handshakes
};

struct ServerCounters {
    std::uint64_t connections{0};  // open now
    std::uint64_t requests{0};     // since start
    std::uint64_t refused_connections{0};
};

class Server {
  public:
    // `contexts`: the data plane's io_contexts, run by the caller, one thread each; they outlive the server.
    Server(std::vector<asio::io_context*> contexts, ServerOptions options, Handler& handler);
    ~Server();
    Result<void> start();
    std::string http_url() const;  // with the port chosen; empty when off
    std::string https_url() const;
    void drain();  // blocking
    Result<void> reload(ServerOptions options);
    ServerCounters counters() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace hutong::http
