// One sample agency on one loopback port: accepts connections and serves each on a thread of its own.
//
// start() binds or throws Failure; stop() lets calls in flight finish and joins every thread. start and stop
// belong to one thread. At most `max_connections` at a time; further ones wait in the kernel's queue.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct soap;

namespace hutong::agencies {

struct ServerOptions {
    std::string path;       // /gs/company; goes into the WSDL's address
    std::string_view wsdl;  // served on GET …?wsdl with this server's address
    int port{0};            // 0: any free one
    unsigned max_connections{512};
    std::function<int(struct soap*)> serve;  // serves one connection until it closes
};

class Server {
  public:
    explicit Server(ServerOptions options);
    ~Server();
    void start();
    void stop();
    int port() const;
    std::string url() const;  // http://127.0.0.1:PORT/gs/company

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hutong::agencies
