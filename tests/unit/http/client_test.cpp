// The client against real and against broken backends.
#include "tests/unit/http/client_fixture.hpp"

namespace hutong::http::test {

class ClientTest : public ClientFixture {
    CPPUNIT_TEST_SUITE(ClientTest);
    CPPUNIT_TEST(sends_and_reuses_connections);
    CPPUNIT_TEST(streams_spooled_bodies_both_ways);
    CPPUNIT_TEST(takes_all_framings);
    CPPUNIT_TEST(says_what_is_wrong_with_an_answer);
    CPPUNIT_TEST(silent_backends_time_out);
    CPPUNIT_TEST(an_end_holds_for_those_who_keep_moving);
    CPPUNIT_TEST(limits_the_answer);
    CPPUNIT_TEST(refuses_injected_lines);
    CPPUNIT_TEST_SUITE_END();

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
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClientTest);

}  // namespace hutong::http::test
