#include "base/config/config.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;

class ConfigTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConfigTest);
    CPPUNIT_TEST(default_file_reads_back);
    CPPUNIT_TEST(reads_values);
    CPPUNIT_TEST(names_file_line_and_nearest_key);
    CPPUNIT_TEST(refuses_bad_values);
    CPPUNIT_TEST_SUITE_END();

    static std::string error_of(std::string_view text) {
        const auto result = config::parse(text, "h.toml");
        return result.has_error() ? result.error().detail : "";
    }

    void default_file_reads_back() {
        config::Config config;
        config.http.public_url = "https://gw.example";
        config.security.trusted_roles = {"urn:a\"b", "urn:c"};
        const auto again = config::parse(config::default_file(config), "h.toml");
        CPPUNIT_ASSERT_MESSAGE(again.has_error() ? again.error().detail : "", again.has_value());
        CPPUNIT_ASSERT_EQUAL(config.http.public_url, again->http.public_url);
        CPPUNIT_ASSERT(config.security.trusted_roles == again->security.trusted_roles);
        CPPUNIT_ASSERT_EQUAL(config::default_file(config), config::default_file(*again));
    }

    void reads_values() {
        const auto c = config::parse(
            "roles=['gateway']\n[http]\nbody_timeout=5\n[throttle]\ncalls_per_second=2.5\n"
            "[security]\nallow_oaep_sha1=true\n",
            "h");
        CPPUNIT_ASSERT(c->security.allow_oaep_sha1 && !config::Config{}.security.allow_oaep_sha1);
        CPPUNIT_ASSERT(c.has_value());
        CPPUNIT_ASSERT(c->http.body_timeout == std::chrono::milliseconds(5));
        CPPUNIT_ASSERT_EQUAL(2.5, c->throttle.calls_per_second);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, c->roles.size());
    }

    void names_file_line_and_nearest_key() {
        CPPUNIT_ASSERT_EQUAL(std::string("h.toml line 3: unknown key \"http.body_timeot\"; the nearest known "
                                         "one is \"http.body_timeout\""),
                             error_of("\n[http]\nbody_timeot = 5\n"));
        CPPUNIT_ASSERT(error_of("[htp]\n").find("unknown key \"htp\"; the nearest known one is \"http\"") !=
                       std::string::npos);
        CPPUNIT_ASSERT(error_of("[http\n").find("h.toml line 1") != std::string::npos);
    }

    void refuses_bad_values() {
        for (const std::string text :
             {"[http]\nhttp='nonsense'", "[http]\nhttp=''\nhttps=''", "[http]\nthreads='x'",
              "[security]\nallow_oaep_sha1=1", "[http]\nthreads=-1", "http=3", "roles=['king']",
              "[journal]\nlevel='loud'", "[http]\npublic_url='ftp://x'", "[http]\nhttp='127.0.0.1:70000'",
              "[http]\nhttp='999:1'", "[http]\nhttps='999.1.1.1:80'", "[http]\nhttp='[::g]:80'",
              "roles='gateway'"})
            CPPUNIT_ASSERT_MESSAGE(text, !error_of(text).empty());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConfigTest);
