#include "gateway/http/mime.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "tests/unit/http/support.hpp"

namespace hutong::http::test {

namespace {

const std::string root_headers =
    "Content-Type: application/xop+xml; type=\"text/xml\"\r\nContent-ID: <root>\r\n\r\n";

Result<Multipart> parse(const std::string& body, std::string_view type = "multipart/related; boundary=b",
                        unsigned max_parts = 4) {
    return parse_multipart(Payload(body), parse_media_type(type).value(), max_parts);
}

std::string content(const std::string& body, const MimePart& part) {
    return body.substr(part.begin, part.end - part.begin);
}

}  // namespace

class MimeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MimeTest);
    CPPUNIT_TEST(finds_root_and_attachments);
    CPPUNIT_TEST(finds_delimiters_across_windows_of_a_file);
    CPPUNIT_TEST(finds_the_same_byte_by_byte);
    CPPUNIT_TEST(shows_the_root_while_it_comes);
    CPPUNIT_TEST(takes_what_stacks_send);
    CPPUNIT_TEST(refuses_what_has_two_readings);
    CPPUNIT_TEST_SUITE_END();

    void finds_root_and_attachments() {
        const std::string body =
            "--b\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: BINARY\r\nContent-Type: "
            "image/png\r\n\r\n\r\n--c\r\n--x\r\n"
            "--b \t\r\n" +
            root_headers + "<x/>\r\n--b--\r\n";
        const auto result =
            parse(body, "multipart/related; boundary=b; start=\"<root>\"; type=\"application/xop+xml\"");
        CPPUNIT_ASSERT_MESSAGE(result.has_error() ? result.error().detail : "", result.has_value());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, result->root);
        CPPUNIT_ASSERT(result->xop);
        CPPUNIT_ASSERT_EQUAL(std::string("<x/>"), content(body, result->parts[1]));
        CPPUNIT_ASSERT_EQUAL(std::string("\r\n--c\r\n--x"), content(body, result->parts[0]));
        CPPUNIT_ASSERT_EQUAL(std::string("a"), result->parts[0].content_id);
        CPPUNIT_ASSERT_EQUAL(std::string("binary"), result->parts[0].transfer_encoding);
    }

    // Wherever the delimiter falls relative to the reading window, the same parts come out.
    void finds_delimiters_across_windows_of_a_file() {
        const Folder folder;
        for (std::size_t length = (64u << 10) - 120; length < (64u << 10) + 10; ++length) {
            const std::string body = "--b\r\n" + root_headers + std::string(length, 'x') +
                                     "\r\n--b\r\nContent-ID: <a>\r\n\r\n" + std::string(200'000, '-') +
                                     "\r\n--b--";
            Payload payload(16, folder.path);
            payload.append(body).value();
            const auto result =
                parse_multipart(payload, parse_media_type("multipart/related; boundary=b").value(), 2);
            CPPUNIT_ASSERT_MESSAGE(std::to_string(length), result.has_value());
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{length}, result->parts[0].end - result->parts[0].begin);
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{200'000}, result->parts[1].end - result->parts[1].begin);
        }
    }

    void finds_the_same_byte_by_byte() {
        const auto type = parse_media_type("multipart/related; boundary=b").value();
        for (const std::string& body : {
                 "\r\n--b \t\r\n" + root_headers + "<x/>\r\r\n--\r\n--b\r\n\r\nab\r\n--b--\r\n ",
                 "--b\r\n" + root_headers + "--b\r\nContent-ID: <y>\r\n\r\n\r\n--b--",
             }) {
            const auto whole = parse(body);
            CPPUNIT_ASSERT(whole.has_value());
            auto reader = MultipartReader::make(type, 4).value();
            for (const char& byte : body) CPPUNIT_ASSERT(reader.feed({&byte, 1}).has_value());
            CPPUNIT_ASSERT(reader.finish().has_value());
            CPPUNIT_ASSERT_EQUAL(whole->parts.size(), reader.found().parts.size());
            for (std::size_t i = 0; i < whole->parts.size(); ++i) {
                CPPUNIT_ASSERT_EQUAL(content(body, whole->parts[i]), content(body, reader.found().parts[i]));
                CPPUNIT_ASSERT_EQUAL(whole->parts[i].begin, reader.found().parts[i].begin);
            }
        }
    }

    void shows_the_root_while_it_comes() {
        const auto type = parse_media_type("multipart/related; boundary=b; start=\"<root>\"").value();
        auto reader = MultipartReader::make(type, 4).value();
        CPPUNIT_ASSERT(reader.feed("--b\r\nContent-ID: <a>\r\n\r\nfirst\r\n--b\r\n").has_value());
        CPPUNIT_ASSERT(reader.root() == nullptr);
        CPPUNIT_ASSERT(reader.feed(root_headers + "<x>\r\n").has_value());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, reader.root()->end - reader.root()->begin);
        CPPUNIT_ASSERT(!reader.root_ended());
        CPPUNIT_ASSERT(reader.feed("</x>\r\n--b--").has_value());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, reader.root()->end - reader.root()->begin);
        CPPUNIT_ASSERT(reader.root_ended());
        CPPUNIT_ASSERT(reader.finish().has_value());
    }

    void takes_what_stacks_send() {
        for (const std::string& body : {
                 "\r\n--b\r\n" + root_headers + "<x/>\r\n--b--\r\n\r\n",  // leading CRLF
                 std::string(
                     "--b\r\nContent-Type: text/xml;\r\n\tcharset=utf-8\r\n\r\n<x/>\r\n--b--"),  // folded
                                                                                                 // header
                 "--b\r\n" + root_headers + "\r\n--b--",                                         // empty part
                 "--b\r\n" + root_headers + "--b--",  // shared CRLF
                 "--b\r\n" + root_headers + "<x/>\r\n--b\r\n\r\nno headers\r\n--b--",
             }) {
            const auto result = parse(body);
            CPPUNIT_ASSERT_MESSAGE(body + (result.has_error() ? result.error().detail : ""),
                                   result.has_value());
        }
    }

    void refuses_what_has_two_readings() {
        const std::string part = "--b\r\n" + root_headers + "<x/>\r\n";
        const std::string other = "--b\r\nContent-ID: <root>\r\n\r\ny\r\n";
        for (const std::string& body : {
                 std::string(), std::string("--b--"), part, part + "--b", part + "--b-", part + "--b-- x",
                 part + "--b--\r\nsmuggled", "preamble\r\n" + part + "--b--", part + "--bc\r\n--b--",
                 part + other + "--b--", "--b\n" + root_headers + "<x/>\n--b--",
                 std::string(
                     "--b\r\nContent-Type: text/xml\r\nContent-Type: text/plain\r\n\r\n<x/>\r\n--b--"),
                 std::string("--b\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: "
                             "base64\r\n\r\neA==\r\n--b--"),
                 std::string("--b\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: "
                             "Quoted-Printable\r\n\r\n=\r\n--b--"),
                 std::string("--b\r\nContent-ID: <root>\r\n\r\n<x/>\r\n--b--"),
                 std::string("--b\r\nno colon\r\n\r\n<x/>\r\n--b--"),
                 "--b\r\nContent-Type: text/xml\r\nX: " + std::string(9000, 'x') + "\r\n\r\n<x/>\r\n--b--",
                 part +
                     "--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b\r\n\r\n4\r\n--b--",  // five parts
             }) {
            CPPUNIT_ASSERT_MESSAGE(body.substr(0, 200), parse(body).has_error());
        }
        const std::string good = part + "--b--";
        CPPUNIT_ASSERT(parse(good).has_value());
        for (const char* type :
             {"multipart/related", "multipart/related; boundary=\"\"",
              "multipart/related; boundary=\"b\\\r\"", "multipart/related; boundary=\"b \"",
              "multipart/related; boundary=b; start=\"<none>\"",
              "multipart/related; boundary=b; type=\"text/xml\""}) {
            const auto media_type = parse_media_type(type);
            CPPUNIT_ASSERT_MESSAGE(type, media_type.has_error() || parse(good, type).has_error());
        }
        const std::string colon =
            "--a:b\r\n" + root_headers + "<x/>\r\n--a:b\r\nContent-Type: x/y\r\n--a:b\r\n\r\n\r\n--a:b--";
        CPPUNIT_ASSERT(parse(colon, "multipart/related; boundary=\"a:b\"").has_error());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MimeTest);

}  // namespace hutong::http::test
