// Bodies: limits, codings, slow senders, bodies nobody reads.
#include <chrono>

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

namespace {

std::string post(const std::string& fields, const std::string& body) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

std::string chunked(const std::string& fields, const std::string& body) {
    std::string out = "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 10'000) {
        const std::string part = body.substr(at, 10'000);
        char size[16];
        std::snprintf(size, sizeof size, "%zX\r\n", part.size());
        out += size + part + "\r\n";
    }
    return out + "0\r\n\r\n";
}

}  // namespace

class BodyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BodyTest);
    CPPUNIT_TEST(large_bodies_come_back_whole);
    CPPUNIT_TEST(oversize_bodies_are_413);
    CPPUNIT_TEST(inflates_gzip_and_deflate);
    CPPUNIT_TEST(refuses_broken_and_bloated_gzip);
    CPPUNIT_TEST(asks_for_the_body_only_when_it_is_wanted);
    CPPUNIT_TEST(skips_small_unread_bodies_and_closes_on_large_ones);
    CPPUNIT_TEST(slow_headers_are_408);
    CPPUNIT_TEST(slow_bodies_are_408);
    CPPUNIT_TEST(a_trickle_is_cut_after_ten_seconds);
    CPPUNIT_TEST(a_reader_that_stands_still_is_cut);
    CPPUNIT_TEST(cut_bodies_do_not_hurt);
    CPPUNIT_TEST_SUITE_END();

    void large_bodies_come_back_whole() {
        TestServer server(echo());
        std::string body;
        for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i);
        Wire wire(server.port());
        for (const std::string& request : {post("", body), chunked("", body)}) {
            std::thread sender([&] { wire.send(request); });
            const std::string response = wire.read_response();
            sender.join();
            CPPUNIT_ASSERT(body_of(response) == body);
        }
    }

    void oversize_bodies_are_413() {
        TestServer server(echo(), [](ServerOptions& options) { options.http.max_body_bytes = 100'000; });
        for (const std::string& request :
             {post("", std::string(100'001, 'x')), chunked("", std::string(100'001, 'x')),
              chunked("", std::string(2'000'000, 'x')),
              post("Content-Encoding: gzip\r\n", gzip(std::string(100'001, 'x')))}) {
            Wire wire(server.port());
            wire.send(request);
            CPPUNIT_ASSERT_EQUAL(413u, status_of(wire.read_all()));
        }
        Wire wire(server.port());
        wire.send(chunked("", std::string(100'000, 'x')));
        CPPUNIT_ASSERT_EQUAL(200u, status_of(wire.read_response()));
    }

    void inflates_gzip_and_deflate() {
        TestServer server(echo());
        Wire wire(server.port());
        const std::string text(200'000, 'y');
        std::string packed = gzip(text);
        const std::string raw = packed.substr(10, packed.size() - 18);
        for (const auto& [coding, body] : {std::pair<std::string, std::string>{"gzip", packed},
                                           {"X-GZIP", packed},
                                           {"gzip", gzip("yyy") + gzip("y")},
                                           {"deflate", raw},
                                           {"identity", "plain"},
                                           {"gzip", ""}}) {
            const std::string expected = coding == "identity" ? "plain"
                                         : body.empty()       ? ""
                                         : body.size() < 60   ? "yyyy"
                                                              : text;
            for (const std::string& request : {post("Content-Encoding: " + coding + "\r\n", body),
                                               chunked("Content-Encoding: " + coding + "\r\n", body)}) {
                wire.send(request);
                const std::string response = wire.read_response();
                CPPUNIT_ASSERT_EQUAL_MESSAGE(coding, 200u, status_of(response));
                CPPUNIT_ASSERT_MESSAGE(coding, body_of(response) == expected);
            }
        }
    }

    void refuses_broken_and_bloated_gzip() {
        TestServer server(echo());
        const std::string packed = gzip("hello hello hello hello");
        const std::string bomb = gzip(std::string(20u << 20, '\0'));
        std::string flipped = packed;
        flipped[flipped.size() - 6] ^= 1;  // the check sum
        for (const auto& [body, status] : {std::pair{bomb, 413u},
                                           {packed.substr(0, packed.size() - 3), 400u},
                                           {packed + "tail", 400u},
                                           {std::string("plain text"), 400u},
                                           {flipped, 400u}}) {
            Wire wire(server.port());
            wire.send(post("Content-Encoding: gzip\r\n", body));
            CPPUNIT_ASSERT_EQUAL(status, status_of(wire.read_all()));
        }
    }

    void asks_for_the_body_only_when_it_is_wanted() {
        TestServer server([](Request& request) -> Awaitable<Response> {
            if (request.path == "/no") co_return text_response(403, "text/plain", "no");
            co_return co_await echo()(request);
        });
        const auto head = [](const std::string& path) {
            return "POST " + path +
                   " HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n";
        };
        Wire wanted(server.port());
        wanted.send(head("/yes"));
        CPPUNIT_ASSERT_EQUAL(std::string("HTTP/1.1 100 Continue\r\n\r\n"), wanted.read_response());
        wanted.send("hello");
        CPPUNIT_ASSERT_EQUAL(std::string("hello"), body_of(wanted.read_response()));

        Wire unwanted(server.port());
        unwanted.send(head("/no"));
        const std::string answer = unwanted.read_all();
        CPPUNIT_ASSERT_EQUAL(403u, status_of(answer));
        CPPUNIT_ASSERT(answer.find("Connection: close") != std::string::npos);
    }

    void skips_small_unread_bodies_and_closes_on_large_ones() {
        TestServer server(
            [](Request&) -> Awaitable<Response> { co_return text_response(404, "text/plain", "no"); });
        Wire wire(server.port());
        wire.send(post("", std::string(60'000, 'x')));
        CPPUNIT_ASSERT_EQUAL(404u, status_of(wire.read_response()));
        wire.send(post("", std::string(1'000'000, 'x')));
        CPPUNIT_ASSERT_EQUAL(404u, status_of(wire.read_response()));
        CPPUNIT_ASSERT(wire.closed());
    }

    void slow_headers_are_408() {
        TestServer server(
            echo(), [](ServerOptions& options) { options.http.header_timeout = config::milliseconds(300); });
        Wire wire(server.port());
        wire.send("GET / HTTP/1.1\r\nHo");
        CPPUNIT_ASSERT_EQUAL(408u, status_of(wire.read_all()));
    }

    void slow_bodies_are_408() {
        TestServer server(
            echo(), [](ServerOptions& options) { options.http.body_timeout = config::milliseconds(300); });
        Wire wire(server.port());
        wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
        CPPUNIT_ASSERT_EQUAL(408u, status_of(wire.read_all()));
    }

    // Within body_timeout, but below min_body_rate.
    void a_trickle_is_cut_after_ten_seconds() {
        TestServer server(echo(), [](ServerOptions& options) { options.http.min_body_rate = 1000; });
        Wire wire(server.port());
        wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n");
        std::atomic<bool> answered{false};
        std::thread sender([&] {
            for (int i = 0; i < 200 && !answered; ++i) {
                wire.send("x");
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        });
        const std::string answer = wire.read_response();
        answered = true;
        sender.join();
        CPPUNIT_ASSERT_EQUAL(408u, status_of(answer));
    }

    void a_reader_that_stands_still_is_cut() {
        const std::string large(64u << 20, 'x');
        TestServer server(
            [&](Request&) -> Awaitable<Response> { co_return text_response(200, "image/x", large); },
            [](ServerOptions& options) { options.http.write_timeout = config::milliseconds(300); });
        Wire wire(server.port());
        wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        for (int i = 0; i < 200 && (i < 5 || server.server->counters().connections > 0); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, server.server->counters().connections);
        CPPUNIT_ASSERT(wire.read_all().size() < large.size());
    }

    void cut_bodies_do_not_hurt() {
        TestServer server(echo());
        for (const std::string& request :
             {std::string("GET / HT"),
              std::string("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe"),
              std::string("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe")}) {
            Wire wire(server.port());
            wire.send(request);
            wire.finish_sending();
            const std::string answer = wire.read_all();
            CPPUNIT_ASSERT(answer.empty() || status_of(answer) == 400);
        }
        Wire wire(server.port());
        wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        CPPUNIT_ASSERT_EQUAL(200u, status_of(wire.read_response()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BodyTest);

}  // namespace hutong::http::test
