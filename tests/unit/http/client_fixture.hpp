// What the tests of the client share: a backend that plays back scripts, and a client that is made when it is
// first needed.
#pragma once

#include <atomic>
#include <chrono>
#include <future>

#include <arpa/inet.h>
#include <boost/asio/use_future.hpp>
#include <cppunit/extensions/HelperMacros.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

using Answer = boost::system::result<IncomingResponse, SendFailure>;

// A backend that plays back scripts, one per connection; each waits for a request's head before it speaks.
class Script {
  public:
    struct Step {
        std::string say;
        bool again{false};  // read a further request on the same connection, say it again
        bool stay{false};   // keep the connection open instead of closing it
    };
    explicit Script(std::vector<Step> steps) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        ::listen(listener_, 16);
        socklen_t size = sizeof address;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, steps = std::move(steps)] { run(steps); });
    }
    ~Script() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
        for (const int socket : open_) ::close(socket);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/x"; }
    std::atomic<unsigned> requests{0};

  private:
    void run(const std::vector<Step>& steps) {
        for (const Step& step : steps) {
            const int socket = ::accept(listener_, nullptr, nullptr);
            if (socket < 0) return;
            const timeval patience{10, 0};
            ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            for (int turn = 0; turn < (step.again ? 2 : 1) && read_head(socket); ++turn) {
                ++requests;
                ::send(socket, step.say.data(), step.say.size(), MSG_NOSIGNAL);
            }
            if (step.stay) {
                open_.push_back(socket);
            } else {
                ::shutdown(socket, SHUT_WR);
                ::close(socket);
            }
        }
    }
    static bool read_head(int socket) {
        std::string seen;
        char buffer[4096];
        while (seen.find("\r\n\r\n") == std::string::npos) {
            const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
            if (got <= 0) return false;
            seen.append(buffer, static_cast<std::size_t>(got));
        }
        return true;
    }

    int listener_;
    std::uint16_t port_{0};
    std::thread thread_;
    std::vector<int> open_;
};

inline const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class ClientFixture : public CppUnit::TestFixture {
  public:
    void setUp() override {
        options_ = {};
        options_.connect_timeout = config::milliseconds(2000);
        options_.response_timeout = config::milliseconds(3000);
        contexts_ = std::make_unique<Contexts>(1);
    }
    void tearDown() override {
        asio::post(contexts_->first(), [client = std::shared_ptr<Client>(std::move(client_))] {});
        contexts_.reset();
    }

  protected:
    std::future<Answer> begin(const std::string& url, OutgoingRequest request) {
        if (!client_) client_ = std::make_unique<Client>(contexts_->first(), options_, 1000, folder_.path);
        return asio::co_spawn(
            contexts_->first(),
            [this, url, request = std::move(request)]() mutable -> Awaitable<Answer> {
                co_return co_await client_->send(parse_url(url).value(), std::move(request));
            },
            asio::use_future);
    }
    Answer send(const std::string& url, std::string body = "hello", std::string method = "POST") {
        OutgoingRequest request;
        request.method = std::move(method);
        if (!body.empty()) request.body.push_back({std::move(body), nullptr, 0, 0});
        return begin(url, std::move(request)).get();
    }
    // Nothing: there was none within ten seconds.
    std::optional<Answer> begin_and_wait(const std::string& url, OutgoingRequest request) {
        auto answer = begin(url, std::move(request));
        if (answer.wait_for(std::chrono::seconds(10)) != std::future_status::ready) return std::nullopt;
        return answer.get();
    }
    static std::string text(const Answer& answer) {
        return answer.has_value() ? answer->body.text(0, answer->body.size()).value()
                                  : answer.error().error.detail;
    }
    static std::string url(const TestServer& server, const std::string& path = "/") {
        return "http://127.0.0.1:" + std::to_string(server.port()) + path;
    }

    Folder folder_;
    config::Backend options_;
    std::unique_ptr<Contexts> contexts_;
    std::unique_ptr<Client> client_;
};

}  // namespace hutong::http::test
