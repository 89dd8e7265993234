// Requests two programs could read differently: each gets one 4xx or 5xx and a closed connection, and what
// follows it on the connection is never taken for a request.
#include <atomic>

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

namespace {

struct Case {
    const char* name;
    unsigned status;
    std::string request;
};

const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& fields, const std::string& body) {
    return "POST /x HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

std::string get(const std::string& fields) {
    return "GET /x HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::vector<Case> cases() {
    return {
        {"CL and TE", 400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"TE and CL", 400, post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
        {"two lengths", 400, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
        {"the same length twice", 400, post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
        {"a list of lengths", 400, post("Content-Length: 5, 5\r\n", "hello")},
        {"signed length", 400, post("Content-Length: +5\r\n", "hello")},
        {"hexadecimal length", 400, post("Content-Length: 0x5\r\n", "hello")},
        {"empty length", 400, post("Content-Length: \r\n", "hello")},
        {"overflowing length", 400, post("Content-Length: 18446744073709551617\r\n", "h")},
        {"TE twice", 400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"TE identity", 501, post("Transfer-Encoding: identity\r\n", "hello")},
        {"TE unknown", 501, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
        {"TE gzip, chunked", 501, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        {"TE chunked, identity", 501, post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")},
        {"TE in quotes", 501, post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
        {"TE in HTTP/1.0", 400, "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"space before the colon", 400, post("Content-Length : 5\r\n", "hello")},
        {"folded field", 400, get("X: a\r\n b\r\n")},
        {"folded TE", 400, post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
        {"space before the first field", 400, "GET /x HTTP/1.1\r\n Host: h\r\n\r\n"},
        {"bare LF", 400, get("X: a\nY: b\r\n")},
        {"bare CR", 400, get("X: a\rY: b\r\n")},
        {"NUL in a value", 400, get(std::string("X: a\0b\r\n", 8))},
        {"control character in a value", 400, get("X: a\x01\r\n")},
        {"bad field name", 400, get("X[1]: a\r\n")},
        {"empty field name", 400, get(": a\r\n")},
        {"field without a colon", 400, get("Xa\r\n")},
        {"no Host", 400, "GET /x HTTP/1.1\r\n\r\n"},
        {"two Hosts", 400, get("Host: i\r\n")},
        {"bad Host", 400, "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {"Host with user", 400, "GET /x HTTP/1.1\r\nHost: a@b\r\n\r\n"},
        {"two spaces in the request line", 400, "GET  /x HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"text behind the version", 505, "GET /x HTTP/1.1 x\r\nHost: h\r\n\r\n"},
        {"HTTP/2.0", 505, "GET /x HTTP/2.0\r\nHost: h\r\n\r\n"},
        {"HTTP/1.2", 505, "GET /x HTTP/1.2\r\nHost: h\r\n\r\n"},
        {"HTTP/0.9", 400, "GET /x\r\n\r\n"},
        {"bad method", 400, "G(T /x HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"escape out of the tree", 400, "GET /a/%2e%2e/x HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"escaped slash", 400, "GET /a%2fx HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"escaped NUL", 400, "GET /a%00 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"CONNECT", 400, "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
        {"unknown Expect", 417, post("Expect: 200-maybe\r\nContent-Length: 5\r\n", "hello")},
        {"unknown Content-Encoding", 415, post("Content-Encoding: br\r\nContent-Length: 5\r\n", "hello")},
        {"two codings", 415, post("Content-Encoding: gzip, gzip\r\nContent-Length: 5\r\n", "hello")},
        {"chunk size in prose", 400, post("Transfer-Encoding: chunked\r\n", "five\r\nhello\r\n0\r\n\r\n")},
        {"chunk size with 0x", 400, post("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n")},
        {"negative chunk size", 400, post("Transfer-Encoding: chunked\r\n", "-5\r\nhello\r\n0\r\n\r\n")},
        {"overflowing chunk size", 400,
         post("Transfer-Encoding: chunked\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n")},
        {"chunk longer than it says", 400, post("Transfer-Encoding: chunked\r\n", "4\r\nhello\r\n0\r\n\r\n")},
        {"chunk size ended by LF", 400, post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n")},
        {"bare CR in a chunk extension", 400,
         post("Transfer-Encoding: chunked\r\n", "5;a\rb\r\nhello\r\n0\r\n\r\n")},
    };
}

}  // namespace

class SmugglingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SmugglingTest);
    CPPUNIT_TEST(each_is_refused_and_nothing_follows);
    CPPUNIT_TEST(a_long_header_is_431);
    CPPUNIT_TEST_SUITE_END();

    void each_is_refused_and_nothing_follows() {
        std::atomic<unsigned> reached{0};
        TestServer server([&](Request& request) -> Awaitable<Response> {
            if (request.path == "/smuggled") ++reached;
            co_return co_await echo()(request);
        });
        for (const Case& given : cases()) {
            Wire wire(server.port());
            wire.send(given.request + smuggled);
            const std::string answer = wire.read_all();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(given.name, given.status, status_of(answer));
            CPPUNIT_ASSERT_MESSAGE(given.name, answer.find("Connection: close\r\n") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(given.name, answer.find("\nHTTP/1.1 ") == std::string::npos);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(given.name, 0u, reached.load());
        }
    }

    void a_long_header_is_431() {
        TestServer server(echo(), [](ServerOptions& options) { options.http.max_header_bytes = 2048; });
        for (const std::string& request :
             {get("X: " + std::string(3000, 'x') + "\r\n"), "GET /" + std::string(100'000, 'x'),
              get(std::string(3000, '\n'))}) {
            Wire wire(server.port());
            wire.send(request);
            CPPUNIT_ASSERT_EQUAL(431u, status_of(wire.read_all()));
        }
        Wire wire(server.port());
        const std::string fits = get("X: " + std::string(2048 - get("X: \r\n").size(), 'x') + "\r\n");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2048}, fits.size());
        wire.send(fits);
        CPPUNIT_ASSERT_EQUAL(200u, status_of(wire.read_response()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SmugglingTest);

}  // namespace hutong::http::test
