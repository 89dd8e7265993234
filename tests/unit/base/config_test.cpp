#include "base/config/config.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;

class ConfigTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConfigTest);
    CPPUNIT_TEST(default_file_reads_back);
    CPPUNIT_TEST(reads_values);
    CPPUNIT_TEST(names_file_line_and_nearest_key);
    CPPUNIT_TEST(refuses_bad_values);
    CPPUNIT_TEST(reads_trust_domains);
    CPPUNIT_TEST(refuses_trust_domains_that_cannot_be);
    CPPUNIT_TEST(says_where_a_key_has_gone);
    CPPUNIT_TEST_SUITE_END();

    static std::string error_of(std::string_view text) {
        const auto result = config::parse(text, "h.toml");
        return result.has_error() ? result.error().detail : "";
    }

    void default_file_reads_back() {
        config::Config config;
        config.http.public_url = "https://gw.example";
        config.security.trusted_roles = {"urn:a\"b", "urn:c"};
        config.trust_domains["海关 1"].issuers = {"CN=a,O=b"};
        config.trust_domains["海关 1"].sm2_der = {"urn:x"};
        config.trust_domains["海关 1"].allow_oaep_sha1 = true;
        config.trust_domains["others"].message_id = "somebody";
        const auto again = config::parse(config::default_file(config), "h.toml");
        CPPUNIT_ASSERT_MESSAGE(again.has_error() ? again.error().detail : "", again.has_value());
        CPPUNIT_ASSERT_EQUAL(config.http.public_url, again->http.public_url);
        CPPUNIT_ASSERT(config.security.trusted_roles == again->security.trusted_roles);
        CPPUNIT_ASSERT(config.trust_domains == again->trust_domains);
        CPPUNIT_ASSERT_EQUAL(config::default_file(config), config::default_file(*again));
    }

    void reads_values() {
        const auto c = config::parse(
            "roles=['gateway']\n[http]\nbody_timeout=5\n[throttle]\ncalls_per_second=2.5\n", "h");
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
        for (const std::string text : {"[http]\nhttp='nonsense'",
                                       "[http]\nhttp=''\nhttps=''",
                                       "[http]\nthreads='x'",
                                       "[security]\nsm2=1",
                                       "[http]\nthreads=-1",
                                       "http=3",
                                       "roles=['king']",
                                       "[journal]\nlevel='loud'",
                                       "[http]\npublic_url='ftp://x'",
                                       "[http]\nhttp='127.0.0.1:70000'",
                                       "[http]\nhttp='999:1'",
                                       "[http]\nhttps='999.1.1.1:80'",
                                       "[http]\nhttp='[::g]:80'",
                                       "roles='gateway'",
                                       "[journal]\narchive='a'\nkeep='36501d'",
                                       "[journal]\narchive='a'\nkeep='4294967295d'",
                                       "[registry]\nlisteners=['10.0.0.0/33']",
                                       "[registry]\nlisteners=['everywhere']",
                                       "[registry]\nnotification_interval=0",
                                       "[registry]\nnotification_attempts=0",
                                       "[mail]\nrelay='smtp://r:25'",
                                       "[mail]\nrelay='http://r'\nfrom='a@b'",
                                       "[mail]\nrelay='smtp://r/x'\nfrom='a@b'",
                                       "[mail]\nrelay='smtp://r'\nfrom='a b@c'"})
            CPPUNIT_ASSERT_MESSAGE(text, !error_of(text).empty());
    }

    void reads_trust_domains() {
        const auto c = config::parse(
            "[trust_domains.customs]\nissuers=['CN=a']\nsm2_der=['urn:x']\nsm3=['urn:y']\n"
            "allow_oaep_sha1=true\n"
            "[trust_domains.others]\ncertificate_id='ca'\nmessage_id='m'\nsm2_raw=['urn:x']\n",
            "h");
        CPPUNIT_ASSERT_MESSAGE(c.has_error() ? c.error().detail : "", c.has_value());
        const config::TrustDomain& customs = c->trust_domains.at("customs");
        CPPUNIT_ASSERT_EQUAL(std::string("CN=a"), customs.issuers.at(0));
        CPPUNIT_ASSERT_EQUAL(std::string("1234567812345678"), customs.message_id);
        CPPUNIT_ASSERT_EQUAL(std::string("urn:x"), customs.sm2_der.at(0));
        CPPUNIT_ASSERT_EQUAL(std::string("m"), c->trust_domains.at("others").message_id);
        CPPUNIT_ASSERT(customs.allow_oaep_sha1 && !c->trust_domains.at("others").allow_oaep_sha1);
        CPPUNIT_ASSERT(config::Config{}.trust_domains.empty());
    }

    void refuses_trust_domains_that_cannot_be() {
        CPPUNIT_ASSERT_EQUAL(
            std::string("h.toml line 2: unknown key \"isuers\"; the nearest known one is \"issuers\""),
            error_of("[trust_domains.a]\nisuers=[]\n"));
        for (const auto& [text, words] : std::map<std::string, std::string>{
                 {"[trust_domains.a]\nissuers='CN=a'", "must be a list"},
                 {"[trust_domains]\na=1", "[trust_domains.a] must be a table"},
                 {"trust_domains=1", "[trust_domains] must be a table"},
                 {"[trust_domains.a]\n[trust_domains.b]", "only one domain can be that of all other CAs"},
                 {"[trust_domains.a]\nissuers=['CN=a']\n[trust_domains.b]\nissuers=['CN=a']",
                  "has it already"},
                 {"[trust_domains.a]\nmessage_id=''", "1 to 8191 bytes"},
                 {"[trust_domains.a]\nallow_oaep_sha1=true",
                  "trust_domains.a.allow_oaep_sha1 needs issuers: name the CAs"},
                 {"[trust_domains.a]\nissuers=['CN=a']\nallow_oaep_sha1=1", "must be true or false"},
                 {"[trust_domains.a]\nsm3=['']", "a name of an algorithm is empty"},
                 {"[trust_domains.a]\nsm2_raw=['urn:x']\nsm2_der=['urn:x']", "its value has one form"}})
            CPPUNIT_ASSERT_MESSAGE(text + ": " + error_of(text),
                                   error_of(text).find(words) != std::string::npos);
    }

    void says_where_a_key_has_gone() {
        for (const std::string value : {"true", "false"})
            CPPUNIT_ASSERT_EQUAL(
                std::string("h.toml line 2: security.allow_oaep_sha1 is no longer known; take it out, and "
                            "where it is needed write trust_domains.NAME.allow_oaep_sha1, beside the issuers "
                            "it is meant for"),
                error_of("[security]\nallow_oaep_sha1 = " + value + "\n"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConfigTest);
