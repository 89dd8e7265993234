// Stopping: idle connections close, calls in flight finish, nothing waits for ever.
#include <chrono>
#include <future>

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

namespace {

// A handler that answers once let go.
Answering held_by(std::shared_future<void> gate, std::promise<void>& arrived) {
    return [gate, &arrived](Request&) -> Awaitable<Response> {
        arrived.set_value();
        asio::steady_timer timer(co_await asio::this_coro::executor);
        while (gate.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            timer.expires_after(std::chrono::milliseconds(10));
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_return text_response(200, "text/plain", "done");
    };
}

}  // namespace

class DrainTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DrainTest);
    CPPUNIT_TEST(finishes_what_is_in_flight);
    CPPUNIT_TEST(is_bounded);
    CPPUNIT_TEST_SUITE_END();

    void finishes_what_is_in_flight() {
        std::promise<void> gate;
        std::promise<void> arrived;
        TestServer server(held_by(gate.get_future().share(), arrived));
        Wire idle(server.port());
        Wire busy(server.port());
        busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        arrived.get_future().wait();
        auto drained = std::async(std::launch::async, [&] { server.server->drain(); });
        CPPUNIT_ASSERT(idle.closed());
        CPPUNIT_ASSERT(drained.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
        CPPUNIT_ASSERT_THROW(Wire(server.port()), std::runtime_error);
        gate.set_value();
        const std::string answer = busy.read_response();
        CPPUNIT_ASSERT_EQUAL(std::string("done"), body_of(answer));
        CPPUNIT_ASSERT(answer.find("Connection: close\r\n") != std::string::npos);
        CPPUNIT_ASSERT(busy.closed());
        drained.wait();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.server->counters().connections);
    }

    void is_bounded() {
        std::promise<void> gate;
        std::promise<void> arrived;
        TestServer server(held_by(gate.get_future().share(), arrived), [](ServerOptions& options) {
            options.http.drain_timeout = config::milliseconds(200);
        });
        Wire half(server.port());
        half.send("GET / HT");
        Wire busy(server.port());
        busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        arrived.get_future().wait();
        server.server->drain();  // returns although the handler holds on
        gate.set_value();
        CPPUNIT_ASSERT(half.closed());
        CPPUNIT_ASSERT_EQUAL(std::string(), busy.read_response());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DrainTest);

}  // namespace hutong::http::test
