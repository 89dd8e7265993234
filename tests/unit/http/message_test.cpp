// Media types, request targets, URLs: everything from outside that names something.
#include <cppunit/extensions/HelperMacros.h>

#include "gateway/http/client.hpp"
#include "gateway/http/target.hpp"

namespace hutong::http::test {

class MessageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MessageTest);
    CPPUNIT_TEST(headers_ignore_case);
    CPPUNIT_TEST(media_types);
    CPPUNIT_TEST(bad_media_types);
    CPPUNIT_TEST(targets);
    CPPUNIT_TEST(escaped_slashes);
    CPPUNIT_TEST(bad_targets);
    CPPUNIT_TEST(urls);
    CPPUNIT_TEST(bad_urls);
    CPPUNIT_TEST_SUITE_END();

    void headers_ignore_case() {
        Headers headers;
        headers.add("SOAPAction", "a");
        headers.add("soapaction", "b");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, headers.count("SoapAction"));
        CPPUNIT_ASSERT(headers.find("SOAPACTION") == "a");
        headers.set("soapAction", "c");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, headers.all().size());
        headers.remove("SOAPACTION");
        CPPUNIT_ASSERT(!headers.find("soapaction"));
    }

    void media_types() {
        const auto type = parse_media_type(
            "Multipart/Related; boundary=\"a b\\\"c\" ; type=text/xml;start=\"<root@x>\";; Charset=UTF-8;");
        CPPUNIT_ASSERT(type.has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("multipart/related"), type->type);
        CPPUNIT_ASSERT(type->parameter("boundary") == "a b\"c");
        CPPUNIT_ASSERT(type->parameter("type") == "text/xml");
        CPPUNIT_ASSERT(type->parameter("start") == "<root@x>");
        CPPUNIT_ASSERT(type->parameter("charset") == "UTF-8");
        CPPUNIT_ASSERT(type->parameter("other").empty());
    }

    void bad_media_types() {
        for (const char* text : {"", "text", "text/", "/xml", "text/xml charset=x", "text/xml; charset",
                                 "text/xml; charset=\"x", "text/xml; charset=\"x\"y", "text/xml; charset=",
                                 "text/xml; charset=a; CHARSET=b", "text/xml; a*0=b", "text/xml, text/plain",
                                 "text/xml; a=b,c", "text/xml; a=\"b\n\"", "te xt/xml"}) {
            CPPUNIT_ASSERT_MESSAGE(text, parse_media_type(text).has_error());
        }
    }

    void targets() {
        const auto plain = parse_target("/services/org/%E4%BA%92%E9%80%9A%20x?wsdl&a=%2f..");
        CPPUNIT_ASSERT_EQUAL(std::string("/services/org/互通 x"), plain->path);
        CPPUNIT_ASSERT_EQUAL(std::string("wsdl&a=%2f.."), plain->query);
        const auto absolute = parse_target("HTTP://gate.gov.cn:8080?x");
        CPPUNIT_ASSERT_EQUAL(std::string("/"), absolute->path);
        CPPUNIT_ASSERT_EQUAL(std::string("gate.gov.cn:8080"), absolute->authority);
        CPPUNIT_ASSERT_EQUAL(std::string("/a..b/.c"), parse_target("/a..b/.c")->path);
    }

    void escaped_slashes() {
        const auto below = [](std::string_view raw) { return raw.starts_with("/content/"); };
        CPPUNIT_ASSERT_EQUAL(std::string("/content/a/b+c="),
                             parse_target("/content/a%2Fb%2Bc%3D", below)->path);
        for (const char* text : {"/content%2fa", "/x/a%2Fb", "/content/..%2f..%2fx", "/content/a%5cb"})
            CPPUNIT_ASSERT_MESSAGE(text, parse_target(text, below).has_error());
    }

    void bad_targets() {
        for (const char* text : {"",
                                 "*",
                                 "a",
                                 "host:80",
                                 "/a/../b",
                                 "/a/%2e%2E/b",
                                 "/..",
                                 "/a/.",
                                 "/a%2fb",
                                 "/a%5Cb",
                                 "/a\\b",
                                 "/a%00b",
                                 "/a%0d%0ab",
                                 "/a%7f",
                                 "/a%",
                                 "/a%4",
                                 "/a%zz",
                                 "/a b",
                                 "/a#b",
                                 "/%ff",
                                 "/%c0%af",
                                 "/%ed%a0%80",
                                 "/%f5%80%80%80",
                                 "/\xe4\xba\x92",
                                 "http://",
                                 "http:///x",
                                 "http://u@h/x",
                                 "http://h:x/",
                                 "http://[::1/",
                                 "ftp://h/x"}) {
            CPPUNIT_ASSERT_MESSAGE(text, parse_target(text).has_error());
        }
    }

    void urls() {
        const auto plain = parse_url("http://Example.gov.cn/a?b=c");
        CPPUNIT_ASSERT_EQUAL(std::string("example.gov.cn"), plain->host);
        CPPUNIT_ASSERT_EQUAL(std::string("80"), plain->port);
        CPPUNIT_ASSERT_EQUAL(std::string("/a?b=c"), plain->target);
        const auto v6 = parse_url("https://[2001:db8::1]:8443");
        CPPUNIT_ASSERT_EQUAL(std::string("2001:db8::1"), v6->host);
        CPPUNIT_ASSERT_EQUAL(std::string("8443"), v6->port);
        CPPUNIT_ASSERT_EQUAL(std::string("/"), v6->target);
        CPPUNIT_ASSERT_EQUAL(std::string("/?q"), parse_url("https://h?q")->target);
        CPPUNIT_ASSERT_EQUAL(std::string("443"), parse_url("https://h:/")->port);
    }

    void bad_urls() {
        for (const char* text : {"", "h/x", "ftp://h", "http://", "http://u:p@h/", "http://h:0/",
                                 "http://h:65536/", "http://h:1x/", "http://h/a b", "http://h/a\r\nX: y",
                                 "http://h/#f", "http://h\r\n/", "http://[::1", "http://[zz]/"}) {
            CPPUNIT_ASSERT_MESSAGE(text, parse_url(text).has_error());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MessageTest);

}  // namespace hutong::http::test
