// What the server does on the wire with good requests.
#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

class ServerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServerTest);
    CPPUNIT_TEST(keeps_the_connection_and_counts);
    CPPUNIT_TEST(answers_pipelined_requests_in_order);
    CPPUNIT_TEST(answers_head_without_a_body);
    CPPUNIT_TEST(speaks_http_1_0);
    CPPUNIT_TEST(takes_the_absolute_form);
    CPPUNIT_TEST(hides_what_a_handler_throws);
    CPPUNIT_TEST(refuses_fields_that_split_the_response);
    CPPUNIT_TEST(compresses_for_clients_that_take_it);
    CPPUNIT_TEST(streams_pieces_of_a_spooled_payload);
    CPPUNIT_TEST(turns_connections_away_beyond_the_limit);
    CPPUNIT_TEST(closes_idle_connections);
    CPPUNIT_TEST(says_what_is_wrong_with_an_address);
    CPPUNIT_TEST_SUITE_END();

    void keeps_the_connection_and_counts() {
        TestServer server(echo());
        Wire wire(server.port());
        for (int i = 0; i < 3; ++i) {
            wire.send("\r\nPOST /a%20b?q=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
            const std::string response = wire.read_response();
            CPPUNIT_ASSERT_EQUAL(200u, status_of(response));
            CPPUNIT_ASSERT_EQUAL(std::string("hello"), body_of(response));
            CPPUNIT_ASSERT(response.find("X-Path: /a b\r\n") != std::string::npos);
            CPPUNIT_ASSERT(response.find("X-Query: q=1\r\n") != std::string::npos);
            CPPUNIT_ASSERT(response.find("\r\nServer: hutong\r\n") != std::string::npos);
            CPPUNIT_ASSERT(response.find("\r\nDate: ") != std::string::npos);
            CPPUNIT_ASSERT(response.find("Connection:") == std::string::npos);
        }
        const ServerCounters counters = server.server->counters();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, counters.requests);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, counters.connections);
    }

    void answers_pipelined_requests_in_order() {
        TestServer server(echo());
        Wire wire(server.port());
        wire.send(
            "POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n0\r\nHost: "
            "evil\r\n\r\n"
            "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
            "POST /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nConnection: close\r\n\r\nz");
        CPPUNIT_ASSERT_EQUAL(std::string("abc"), body_of(wire.read_response()));
        CPPUNIT_ASSERT(wire.read_response().find("X-Path: /2\r\n") != std::string::npos);
        const std::string last = wire.read_response();
        CPPUNIT_ASSERT_EQUAL(std::string("z"), body_of(last));
        CPPUNIT_ASSERT(last.find("Connection: close\r\n") != std::string::npos);
        CPPUNIT_ASSERT(wire.closed());
    }

    void answers_head_without_a_body() {
        TestServer server(
            [](Request&) -> Awaitable<Response> { co_return text_response(200, "text/plain", "four"); });
        Wire wire(server.port());
        wire.send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        const std::string response = wire.read_all();
        CPPUNIT_ASSERT(response.find("Content-Length: 4\r\n") != std::string::npos);
        CPPUNIT_ASSERT(response.ends_with("\r\n\r\n"));
    }

    void speaks_http_1_0() {
        TestServer server(echo());
        Wire closing(server.port());
        closing.send("GET / HTTP/1.0\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(200u, status_of(closing.read_all()));
        Wire keeping(server.port());
        for (int i = 0; i < 2; ++i) {
            keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            CPPUNIT_ASSERT(keeping.read_response().find("Connection: keep-alive\r\n") != std::string::npos);
        }
    }

    void takes_the_absolute_form() {
        TestServer server([](Request& request) -> Awaitable<Response> {
            co_return text_response(200, "text/plain",
                                    std::string(*request.headers.find("Host")) + request.path);
        });
        Wire wire(server.port());
        wire.send("GET http://real:81/p HTTP/1.1\r\nHost: other\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(std::string("real:81/p"), body_of(wire.read_response()));
    }

    void hides_what_a_handler_throws() {
        TestServer server([](Request&) -> Awaitable<Response> {
            throw std::runtime_error("secret");
            co_return Response();
        });
        Wire wire(server.port());
        wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        const std::string response = wire.read_all();
        CPPUNIT_ASSERT_EQUAL(500u, status_of(response));
        CPPUNIT_ASSERT(response.find("secret") == std::string::npos);
    }

    void refuses_fields_that_split_the_response() {
        TestServer server([](Request& request) -> Awaitable<Response> {
            Response response = text_response(200, "text/plain", "x");
            response.headers.add("Location", request.path == "/1" ? "/a\r\nSet-Cookie: b" : "/fine");
            if (request.path == "/2") response.headers.add("Bad name", "x");
            response.headers.add("Content-Length", "999");
            co_return response;
        });
        for (const char* path : {"/1", "/2", "/3"}) {
            Wire wire(server.port());
            wire.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
            const std::string response = wire.read_response();
            CPPUNIT_ASSERT_EQUAL(path == std::string("/3") ? 200u : 500u, status_of(response));
            CPPUNIT_ASSERT(response.find("Set-Cookie") == std::string::npos);
            CPPUNIT_ASSERT(response.find("999") == std::string::npos);
        }
    }

    void compresses_for_clients_that_take_it() {
        const std::string text(300'000, 'x');
        TestServer server([&](Request& request) -> Awaitable<Response> {
            co_return text_response(
                200, request.path == "/png" ? "image/png" : "application/soap+xml; charset=utf-8",
                request.path == "/small" ? "small" : text);
        });
        const auto get = [&](const std::string& path, const std::string& accept) {
            Wire wire(server.port());
            wire.send("GET " + path +
                      " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAccept-Encoding: " + accept + "\r\n\r\n");
            return wire.read_all();
        };
        const std::string packed = get("/", "deflate, gzip;q=0.5");
        CPPUNIT_ASSERT(packed.find("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") !=
                       std::string::npos);
        CPPUNIT_ASSERT(packed.find("Vary: Accept-Encoding\r\n") != std::string::npos);
        std::string body;
        for (std::string rest = body_of(packed);;) {
            const std::size_t size = std::stoul(rest, nullptr, 16);
            const std::size_t begin = rest.find("\r\n") + 2;
            body += rest.substr(begin, size);
            rest.erase(0, begin + size + 2);
            if (size == 0) break;
        }
        CPPUNIT_ASSERT(gunzip(body) == text);
        for (const auto& [path, accept] :
             {std::pair{"/", "gzip;q=0"}, {"/", "identity"}, {"/small", "gzip"}, {"/png", "gzip"}}) {
            CPPUNIT_ASSERT_MESSAGE(path, get(path, accept).find("Content-Encoding") == std::string::npos);
        }
        CPPUNIT_ASSERT(body_of(get("/", "br")) == text);
    }

    void streams_pieces_of_a_spooled_payload() {
        const Folder folder;
        auto payload = std::make_shared<Payload>(16, folder.path);
        std::string expected = "<begin>";
        for (int i = 0; i < 100'000; ++i) payload->append("line " + std::to_string(i) + "\n").value();
        expected += payload->text(5, 900'000).value() + "middle";
        for (int i = 0; i < 40; ++i) expected += "piece";
        TestServer server([&](Request&) -> Awaitable<Response> {
            Response response;
            response.body.push_back({"<begin>", nullptr, 0, 0});
            response.body.push_back({"", payload.get(), 5, 900'000});
            response.body.push_back({"middle", nullptr, 0, 0});
            for (int i = 0; i < 40; ++i) response.body.push_back({"piece", nullptr, 0, 0});
            response.keep_alive = payload;
            co_return response;
        });
        Wire wire(server.port());
        for (int i = 0; i < 2; ++i) {
            wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            CPPUNIT_ASSERT(body_of(wire.read_response()) == expected);
        }
    }

    void turns_connections_away_beyond_the_limit() {
        TestServer server(echo(), [](ServerOptions& options) { options.http.max_connections = 2; });
        Wire first(server.port());
        Wire second(server.port());
        for (Wire* wire : {&first, &second}) {
            wire->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            CPPUNIT_ASSERT_EQUAL(200u, status_of(wire->read_response()));
        }
        Wire third(server.port());
        CPPUNIT_ASSERT_EQUAL(503u, status_of(third.read_all()));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, server.server->counters().refused_connections);
        first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(200u, status_of(first.read_response()));
    }

    void closes_idle_connections() {
        TestServer server(echo(), [](ServerOptions& options) {
            options.http.idle_timeout =
                config::milliseconds(1500);  // past the point where buffers are released
        });
        Wire wire(server.port());
        wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(200u, status_of(wire.read_response()));
        CPPUNIT_ASSERT(wire.closed());
    }

    void says_what_is_wrong_with_an_address() {
        TestServer taken(echo());
        Contexts contexts(1);
        for (const std::string& address :
             {std::string("nonsense"), std::string("127.0.0.1:99999"), std::string("127.0.0.1:"),
              "127.0.0.1:" + std::to_string(taken.port())}) {
            ServerOptions options = taken.options;
            options.http.http = address;
            Server server(contexts.all(), options, taken);
            const auto started = server.start();
            CPPUNIT_ASSERT(started.has_error());
            CPPUNIT_ASSERT(started.error().detail.find(address) != std::string::npos);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServerTest);

}  // namespace hutong::http::test
