// The client against real and against broken backends.
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

namespace {

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

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

class ClientTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ClientTest);
    CPPUNIT_TEST(sends_and_reuses_connections);
    CPPUNIT_TEST(streams_spooled_bodies_both_ways);
    CPPUNIT_TEST(takes_all_framings);
    CPPUNIT_TEST(says_what_is_wrong_with_an_answer);
    CPPUNIT_TEST(refused_connections_may_be_tried_elsewhere);
    CPPUNIT_TEST(silent_backends_time_out);
    CPPUNIT_TEST(an_end_holds_for_those_who_keep_moving);
    CPPUNIT_TEST(stale_connections_are_replaced);
    CPPUNIT_TEST(repeats_only_what_may_be_repeated);
    CPPUNIT_TEST(limits_connections_per_endpoint);
    CPPUNIT_TEST(limits_the_answer);
    CPPUNIT_TEST(refuses_injected_lines);
    CPPUNIT_TEST(verifies_tls);
    CPPUNIT_TEST(resolves_names);
    CPPUNIT_TEST(connects_only_where_the_rule_allows);
    CPPUNIT_TEST_SUITE_END();

    Folder folder_;
    config::Backend options_;
    std::unique_ptr<Contexts> contexts_;
    std::unique_ptr<Client> client_;

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

  private:
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

    void sends_and_reuses_connections() {
        TestServer server([](Request& request) -> Awaitable<Response> {
            Payload body;
            (void)co_await request.read_body(body);
            co_return text_response(200, "text/plain",
                                    request.remote + " " + std::string(body.memory()) + " " +
                                        std::string(*request.headers.find("Host")));
        });
        const std::string first = text(send(url(server)));
        CPPUNIT_ASSERT(first.find(" hello 127.0.0.1:" + std::to_string(server.port())) != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(first, text(send(url(server))));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, server.server->counters().connections);
    }

    void streams_spooled_bodies_both_ways() {
        TestServer server(echo());
        Payload body(1000, folder_.path);
        for (int i = 0; i < 300'000; ++i) body.append(std::to_string(i)).value();
        OutgoingRequest request;
        request.body.push_back({"<a>", nullptr, 0, 0});
        request.body.push_back({"", &body, 0, body.size()});
        const auto answer = begin(url(server), std::move(request)).get();
        CPPUNIT_ASSERT_MESSAGE(answer.has_error() ? answer.error().error.detail : "", answer.has_value());
        CPPUNIT_ASSERT(!answer->body.in_memory());
        CPPUNIT_ASSERT(text(answer) == "<a>" + body.text(0, body.size()).value());
    }

    void takes_all_framings() {
        // The script closes after each answer; a connection kept for reuse could be dead without the client
        // knowing.
        options_.max_idle_per_endpoint = 0;
        const std::string packed = gzip("ok");
        const Script backend({
            {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + ok},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;a=b\r\nk\r\n0\r\nX: "
             "y\r\n\r\n"},
            {"HTTP/1.0 200 OK\r\n\r\nok"},
            {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) +
             "\r\n\r\n" + packed},
            {"HTTP/1.1 500 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"},
        });
        for (unsigned i = 0; i < 5; ++i) {
            const auto answer = send(backend.url());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::to_string(i), std::string("ok"), text(answer));
            CPPUNIT_ASSERT_EQUAL(i == 4 ? 500u : 200u, answer->status);
            CPPUNIT_ASSERT(!answer->headers.find("Content-Encoding"));
        }
        const Script headless(
            {{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"}, {"HTTP/1.1 204 No\r\n\r\n"}});
        CPPUNIT_ASSERT_EQUAL(std::string(), text(send(headless.url(), "", "HEAD")));
        CPPUNIT_ASSERT_EQUAL(204u, send(headless.url())->status);
    }

    void says_what_is_wrong_with_an_answer() {
        const std::vector<Script::Step> broken{
            {"garbage garbage garbage\r\n\r\n"},
            {"SSH-2.0-OpenSSH_9.2\r\n", false, true},
            {"HTTP/1.1 200 OK\r\nContent-Le"},
            {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
            {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
            {"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n"},
            {"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nok"},
            {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"},
            {"HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n"},
            {"HTTP/1.1 101 Switching\r\n\r\n"},
            {""},
        };
        const Script backend(broken);
        for (const Script::Step& step : broken) {
            const auto answer = send(backend.url());
            CPPUNIT_ASSERT_MESSAGE(step.say.substr(0, 100), answer.has_error());
            CPPUNIT_ASSERT_MESSAGE(step.say.substr(0, 100), answer.error().may_have_reached);
            CPPUNIT_ASSERT(answer.error().error.detail.find("127.0.0.1:") == 0);
            const bool silent = step.say.empty();
            CPPUNIT_ASSERT(answer.error().error.code != (silent ? ErrorCode::invalid : ErrorCode::timeout));
        }
        CPPUNIT_ASSERT_EQUAL(static_cast<unsigned>(broken.size()), backend.requests.load());
    }

    void refused_connections_may_be_tried_elsewhere() {
        std::string gone;
        {
            const Script backend({});
            gone = backend.url();
        }
        const auto answer = send(gone);
        CPPUNIT_ASSERT(answer.error().error.code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(!answer.error().may_have_reached);
    }

    void silent_backends_time_out() {
        options_.response_timeout = config::milliseconds(300);
        const Script backend(
            {{"", false, true}, {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal", false, true}});
        for (int i = 0; i < 2; ++i) {
            const auto answer = send(backend.url());
            CPPUNIT_ASSERT(answer.error().error.code == ErrorCode::timeout);
            CPPUNIT_ASSERT(answer.error().may_have_reached);
        }
        CPPUNIT_ASSERT_EQUAL(2u, backend.requests.load());
    }

    // A byte of the body at a time, or of the head: never a standstill, and never done. Nor does the end of
    // one request hold for the next on its connection.
    void an_end_holds_for_those_who_keep_moving() {
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n";
        for (const std::string& unending : {head + "\r\n", head + "X: "}) {
            std::promise<std::uint16_t> port;
            std::atomic<bool> stop{false};
            std::thread thread([&] {
                asio::io_context context;
                asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
                port.set_value(acceptor.local_endpoint().port());
                asio::ip::tcp::socket socket = acceptor.accept();
                for (const std::string& said : {ok, unending}) {
                    std::string request;
                    asio::read_until(socket, asio::dynamic_buffer(request), "hello");
                    asio::write(socket, asio::buffer(said));
                }
                boost::system::error_code gone;
                while (!stop && !gone) {
                    asio::write(socket, asio::buffer("x", 1), gone);
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                }
            });
            const std::string to = "http://127.0.0.1:" + std::to_string(port.get_future().get()) + "/";
            CPPUNIT_ASSERT_EQUAL(std::string("ok"), text(send(to)));
            OutgoingRequest request;
            request.body.push_back({"hello", nullptr, 0, 0});
            request.end = now() + milliseconds(700);
            auto answer = begin_and_wait(to, std::move(request));
            stop = true;
            thread.join();
            CPPUNIT_ASSERT(answer.has_value() && answer->has_error());
            CPPUNIT_ASSERT((*answer).error().error.code == ErrorCode::timeout);
        }
        const Script backend({{ok, true}});
        OutgoingRequest first;
        first.body.push_back({"hello", nullptr, 0, 0});
        first.end = now() + milliseconds(700);
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), text(begin(backend.url(), std::move(first)).get()));
        std::this_thread::sleep_for(std::chrono::milliseconds(900));
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), text(send(backend.url())));
    }

    // The backend closed a kept connection: seen before a byte is sent, so even a POST goes on a new one.
    void stale_connections_are_replaced() {
        const Script backend({{ok}, {ok}});
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), text(send(backend.url())));
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), text(send(backend.url())));
        CPPUNIT_ASSERT_EQUAL(2u, backend.requests.load());
    }

    // The backend reads the second request on a kept connection, then closes without a word.
    void repeats_only_what_may_be_repeated() {
        for (const char* method : {"POST", "GET"}) {
            // One connection answers once, reads another request and closes; the next connection answers
            // again.
            const std::string is = method;
            std::promise<std::uint16_t> port;
            std::atomic<unsigned> requests{0};
            std::thread thread([&] {
                asio::io_context context;
                asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
                port.set_value(acceptor.local_endpoint().port());
                const unsigned connections = is == "GET" ? 2 : 1;
                for (unsigned i = 0; i < connections; ++i) {
                    asio::ip::tcp::socket socket = acceptor.accept();
                    for (unsigned turn = 0; turn < (i == 0 ? 2u : 1u); ++turn) {
                        std::string head;
                        asio::read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n");
                        ++requests;
                        if (i == 1 || turn == 0) asio::write(socket, asio::buffer(ok));
                    }
                }
            });
            const std::string to = "http://127.0.0.1:" + std::to_string(port.get_future().get()) + "/";
            CPPUNIT_ASSERT_EQUAL(std::string("ok"), text(send(to, "", method)));
            const auto second = send(to, "", method);
            thread.join();
            CPPUNIT_ASSERT_EQUAL(is == "GET", second.has_value());
            CPPUNIT_ASSERT_EQUAL(is == "GET" ? 3u : 2u, requests.load());
            if (second.has_error()) CPPUNIT_ASSERT(second.error().may_have_reached);
        }
    }

    void limits_connections_per_endpoint() {
        options_.max_connections_per_endpoint = 2;
        options_.connect_timeout = config::milliseconds(1000);
        std::atomic<unsigned> together{0};
        std::atomic<unsigned> most{0};
        TestServer server([&](Request& request) -> Awaitable<Response> {
            const unsigned current = ++together;
            if (current > most) most = current;
            asio::steady_timer timer(co_await asio::this_coro::executor, request.path == "/long"
                                                                             ? std::chrono::seconds(2)
                                                                             : std::chrono::milliseconds(50));
            co_await timer.async_wait(asio::use_awaitable);
            --together;
            co_return text_response(200, "text/plain", "ok");
        });
        std::vector<std::future<Answer>> calls;
        for (int i = 0; i < 6; ++i) calls.push_back(begin(url(server), {}));
        for (auto& call : calls) CPPUNIT_ASSERT_EQUAL(std::string("ok"), text(call.get()));
        CPPUNIT_ASSERT_EQUAL(2u, most.load());
        calls.clear();
        for (int i = 0; i < 3; ++i) calls.push_back(begin(url(server, "/long"), {}));
        CPPUNIT_ASSERT(calls[0].get().has_value());
        CPPUNIT_ASSERT(calls[1].get().has_value());
        const auto third = calls[2].get();
        CPPUNIT_ASSERT(third.has_error());
        CPPUNIT_ASSERT(!third.error().may_have_reached);
    }

    void limits_the_answer() {
        options_.max_response_bytes = 1000;
        const std::string bomb = gzip(std::string(1001, 'x'));
        const Script backend({
            {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x')},
            {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bomb.size()) +
             "\r\n\r\n" + bomb},
        });
        for (int i = 0; i < 2; ++i)
            CPPUNIT_ASSERT(send(backend.url()).error().error.code == ErrorCode::limit);
    }

    void refuses_injected_lines() {
        const Script backend({});
        for (const auto& [name, value] :
             {std::pair{"SOAPAction", "\"x\"\r\nX: y"}, {"X\r\nY", "z"}, {"X Y", "z"}, {"X", "a\nb"}}) {
            OutgoingRequest request;
            request.headers.add(name, value);
            const auto answer = begin(backend.url(), std::move(request)).get();
            CPPUNIT_ASSERT(answer.error().error.code == ErrorCode::invalid);
            CPPUNIT_ASSERT(!answer.error().may_have_reached);
        }
        CPPUNIT_ASSERT(send(backend.url(), "", "GET /x HTTP/1.1\r\nX:").has_error());
        CPPUNIT_ASSERT_EQUAL(0u, backend.requests.load());
    }

    void verifies_tls() {
        const TlsFiles good = make_certificate(folder_.path, "localhost");
        const TlsFiles other = make_certificate(folder_.path, "other.example");
        const auto serve = [&](const TlsFiles& files) {
            return std::make_unique<TestServer>(echo(), [&](ServerOptions& options) {
                options.http.https = "127.0.0.1:0";
                options.tls = files;
            });
        };
        const auto trusted = serve(good);
        const auto untrusted = serve(other);
        options_.ca_file = good.chain;
        const auto to = [](const TestServer& server, const std::string& host) {
            return "https://" + host + ":" + std::to_string(server.tls_port()) + "/";
        };
        for (const char* host : {"localhost", "127.0.0.1"}) {
            for (int i = 0; i < 3; ++i)
                CPPUNIT_ASSERT_EQUAL(std::string("hello"), text(send(to(*trusted, host))));
        }
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, trusted->server->counters().connections);
        const auto refused = send(to(*untrusted, "localhost"));
        CPPUNIT_ASSERT(refused.error().error.detail.find("certificate") != std::string::npos);
        CPPUNIT_ASSERT(!refused.error().may_have_reached);

        client_.reset();
        options_.ca_file = other.chain;  // trusted now, but for another name
        CPPUNIT_ASSERT(send(to(*untrusted, "localhost")).error().error.detail.find("certificate") !=
                       std::string::npos);
        client_.reset();
        options_.ca_file = (folder_.path / "none.pem").string();
        CPPUNIT_ASSERT(send(to(*trusted, "localhost")).error().error.detail.find("none.pem") !=
                       std::string::npos);
        const Script plain({{ok}});
        client_.reset();
        options_.ca_file = good.chain;
        CPPUNIT_ASSERT(send("https" + plain.url().substr(4)).has_error());
    }

    void resolves_names() {
        TestServer server(echo());
        // "localhost" may be ::1 first, where nobody listens: the next address is tried.
        CPPUNIT_ASSERT_EQUAL(std::string("hello"),
                             text(send("http://localhost:" + std::to_string(server.port()) + "/")));
        const auto unknown = send("http://no-such-host.invalid/");
        CPPUNIT_ASSERT(unknown.has_error());
        CPPUNIT_ASSERT(!unknown.error().may_have_reached);
    }

    // The rule sees what is connected to, however it was written.
    void connects_only_where_the_rule_allows() {
        std::atomic<unsigned> served{0};
        TestServer server([&](Request&) -> Awaitable<Response> {
            ++served;
            co_return text_response(200, "text/plain", "hello");
        });
        const std::string port = std::to_string(server.port());
        client_ = std::make_unique<Client>(contexts_->first(), options_, 1000, folder_.path,
                                           [](const IpAddress& address) { return is_public(address); });
        for (const std::string host :
             {"127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"}) {
            const Answer answer = send("http://" + host + ":" + port + "/");
            CPPUNIT_ASSERT_MESSAGE(host, answer.has_error());
            CPPUNIT_ASSERT_MESSAGE(host + answer.error().error.detail,
                                   answer.error().error.code == ErrorCode::refused);
            CPPUNIT_ASSERT(!answer.error().may_have_reached);
        }
        CPPUNIT_ASSERT_EQUAL(0u, served.load());

        const Network loopback = Network::parse("127.0.0.0/8").value();
        asio::post(contexts_->first(), asio::use_future([this] { client_.reset(); })).get();
        client_ = std::make_unique<Client>(
            contexts_->first(), options_, 1000, folder_.path,
            [loopback](const IpAddress& address) { return loopback.contains(address); });
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), text(send("http://127.0.0.1:" + port + "/")));
        CPPUNIT_ASSERT_EQUAL(1u, served.load());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClientTest);

}  // namespace hutong::http::test
