// What the client connects to, how often, and when it connects again.
#include "tests/unit/http/client_fixture.hpp"

namespace hutong::http::test {

class ClientConnectionsTest : public ClientFixture {
    CPPUNIT_TEST_SUITE(ClientConnectionsTest);
    CPPUNIT_TEST(refused_connections_may_be_tried_elsewhere);
    CPPUNIT_TEST(stale_connections_are_replaced);
    CPPUNIT_TEST(repeats_only_what_may_be_repeated);
    CPPUNIT_TEST(limits_connections_per_endpoint);
    CPPUNIT_TEST(verifies_tls);
    CPPUNIT_TEST(resolves_names);
    CPPUNIT_TEST(connects_only_where_the_rule_allows);
    CPPUNIT_TEST_SUITE_END();

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

CPPUNIT_TEST_SUITE_REGISTRATION(ClientConnectionsTest);

}  // namespace hutong::http::test
