// What the HTTP tests share: a running server, a raw socket that says exactly what a test wants,
// certificates.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <openssl/ssl.h>

#include "gateway/http/client.hpp"
#include "gateway/http/server.hpp"

namespace hutong::http::test {

// A folder that goes away with the test.
class Folder {
  public:
    Folder();
    ~Folder();
    std::filesystem::path path;
};

// io_contexts with a thread each.
class Contexts {
  public:
    explicit Contexts(unsigned count);
    ~Contexts();
    std::vector<asio::io_context*> all();
    asio::io_context& first() { return *contexts_.front(); }

  private:
    std::vector<std::unique_ptr<asio::io_context>> contexts_;
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards_;
    std::vector<std::thread> threads_;
};

using Answering = std::function<Awaitable<Response>(Request&)>;

// A server on free loopback ports with `answering` as its handler; HTTPS when `tls` names files.
class TestServer : public Handler {
  public:
    explicit TestServer(Answering answering, std::function<void(ServerOptions&)> change = {},
                        unsigned threads = 2);
    ~TestServer() override;
    Awaitable<Response> handle(Request& request) override { return answering_(request); }
    std::uint16_t port() const;
    std::uint16_t tls_port() const;

    Folder folder;
    ServerOptions options;

  private:
    Answering answering_;
    Contexts contexts_;

  public:
    std::unique_ptr<Server> server;
};

// Answers with the body, or with its error as text; X-Path, X-Query and X-Remote tell what arrived.
Answering echo();

// A blocking connection, plain or TLS, that gives up after some seconds.
class Wire {
  public:
    explicit Wire(std::uint16_t port);
    ~Wire();
    bool start_tls(SSL_CTX* context);
    void send(std::string_view bytes);  // errors are ignored: the answer tells
    std::string read_response();        // head and Content-Length body; "" when closed
    std::string read_all();             // until closed
    bool closed();                      // waits for the end of the stream
    void finish_sending();
    int socket() const { return socket_; }
    SSL* tls() { return tls_; }

  private:
    bool receive();
    int socket_{-1};
    SSL* tls_{nullptr};
    std::string pending_;
};

unsigned status_of(const std::string& response);
std::string body_of(const std::string& response);

// A self-signed P-256 certificate for `name` (a DNS name, and 127.0.0.1) and its key, as PEM files.
TlsFiles make_certificate(const std::filesystem::path& folder, const std::string& name);

std::string gzip(std::string_view text);
std::string gunzip(std::string_view text);

}  // namespace hutong::http::test
