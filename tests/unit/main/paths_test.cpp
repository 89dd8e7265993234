// The router's table, public URLs and the names of TLS certificates.
#include <cppunit/extensions/HelperMacros.h>

#include "gateway/main/daemon/router.hpp"
#include "gateway/main/public_url.hpp"

using namespace hutong;

namespace {

class Nobody : public http::Handler {
  public:
    Awaitable<http::Response> handle(http::Request&) override { co_return http::Response{}; }
};

}  // namespace

class PathsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PathsTest);
    CPPUNIT_TEST(exact_paths_and_folders);
    CPPUNIT_TEST(good_public_urls);
    CPPUNIT_TEST(bad_public_urls);
    CPPUNIT_TEST(founding_urls);
    CPPUNIT_TEST(names_of_certificates);
    CPPUNIT_TEST_SUITE_END();

  public:
    void exact_paths_and_folders() {
        Nobody services, health;
        daemon::Router router(services);
        router.mount("/services/", services);
        router.mount("/healthz", health);
        CPPUNIT_ASSERT(router.find("/services/gs/company") == &services);
        CPPUNIT_ASSERT(router.find("/services/x") == &services);
        CPPUNIT_ASSERT(router.find("/healthz") == &health);
        for (const char* path :
             {"/", "", "/services", "/services/", "/healthz/", "/healthz/x", "/healthzx", "/Services/x"})
            CPPUNIT_ASSERT_MESSAGE(path, router.find(path) == nullptr);
    }

    void good_public_urls() {
        for (const char* url : {"https://gw.example.gov.cn:8443", "http://127.0.0.1:1", "https://[::1]:8443",
                                "https://gw.example/platform"})
            CPPUNIT_ASSERT_MESSAGE(url, check_public_url(url));
    }

    void bad_public_urls() {
        for (const char* url :
             {"", "gw.example", "ftp://gw.example", "https://", "https://gw.example/", "https:///x",
              "https://a b", "https://u@h", "https://h?q", "https://h#f", "https://h\"><x"})
            CPPUNIT_ASSERT_MESSAGE(url, !check_public_url(url));
    }

    void founding_urls() {
        config::Http http;
        CPPUNIT_ASSERT_EQUAL(std::string("https://localhost:8443"), founding_url(http));
        http.https = "127.0.0.1:0";
        CPPUNIT_ASSERT_EQUAL(std::string("https://127.0.0.1"), founding_url(http));
        http.https = "[::]:8443";
        CPPUNIT_ASSERT_EQUAL(std::string("https://localhost:8443"), founding_url(http));
        http.https.clear();
        CPPUNIT_ASSERT_EQUAL(std::string("http://127.0.0.1:8080"), founding_url(http));
        http.public_url = "https://gw.example";
        CPPUNIT_ASSERT_EQUAL(std::string("https://gw.example"), founding_url(http));
        CPPUNIT_ASSERT(is_loopback_url("https://localhost:8443"));
        CPPUNIT_ASSERT(is_loopback_url("https://[::1]:8443"));
        CPPUNIT_ASSERT(!is_loopback_url(http.public_url));
    }

    void names_of_certificates() {
        const std::vector<std::string> expected{"gw.example", "node1", "localhost", "127.0.0.1", "::1"};
        CPPUNIT_ASSERT(expected == tls_names("https://gw.example:8443/x", "node1"));
        const std::vector<std::string> fewer{"::1", "localhost", "127.0.0.1"};
        CPPUNIT_ASSERT(fewer == tls_names("https://[::1]:8443", ""));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PathsTest);
