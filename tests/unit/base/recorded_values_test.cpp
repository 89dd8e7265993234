// What a configuration leaves in the journal, and what of it must not be there.
#include "base/config/recorded_values.hpp"

#include <fstream>

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"

using namespace hutong;
namespace fs = std::filesystem;

class RecordedValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RecordedValuesTest);
    CPPUNIT_TEST(values_by_name);
    CPPUNIT_TEST(secrets_are_digests);
    CPPUNIT_TEST(files_count_by_their_content);
    CPPUNIT_TEST(changes);
    CPPUNIT_TEST_SUITE_END();

    fs::path home_;

    config::RecordedValues values(const config::Config& config) const {
        return config::recorded_values(config, home_);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(home_ / name) << text;
    }

  public:
    void setUp() override {
        home_ = fs::temp_directory_path() / ("hutong-test-" + new_uuid());
        fs::create_directories(home_);
    }
    void tearDown() override { fs::remove_all(home_); }

    void values_by_name() {
        config::Config config;
        config.registry.listeners = {"10.0.0.0/8", "10.20.0.0/16"};
        config.trust_domains["海关 1"].issuers = {"CN=a,O=b"};
        const auto all = values(config);
        CPPUNIT_ASSERT_EQUAL(std::string("300"), all.at("security.freshness"));
        CPPUNIT_ASSERT_EQUAL(std::string("evidence"), all.at("journal.level"));
        CPPUNIT_ASSERT_EQUAL(std::string("true"), all.at("officers.second_factor"));
        CPPUNIT_ASSERT_EQUAL(std::string("86400"), all.at("officers.recovery_delay"));
        CPPUNIT_ASSERT_EQUAL(std::string("10.0.0.0/8, 10.20.0.0/16"), all.at("registry.listeners"));
        CPPUNIT_ASSERT_EQUAL(std::string("CN=a,O=b"), all.at("trust_domains.海关 1.issuers"));
        CPPUNIT_ASSERT_EQUAL(std::string("127.0.0.1:8080"), all.at("http.http"));
        CPPUNIT_ASSERT(all.contains("roles"));
        // Nobody's rights depend on these.
        CPPUNIT_ASSERT(!all.contains("database.pool_size") && !all.contains("wsdl.max_files"));
    }

    void secrets_are_digests() {
        config::Config config;
        config.database.url = "postgresql://hutong:open-sesame@db/platform";
        config.keys.uri["tls"] = "pkcs11:token=x;object=tls?pin-value=open-sesame";
        config.journal.heads.url = "https://user:open-sesame@heads.example/";
        config.journal.timestamp.url = "https://tsa.example/";
        config.mail.relay = "smtp://user:open-sesame@relay:25";
        const auto all = values(config);
        for (const auto& [name, value] : all)
            CPPUNIT_ASSERT_MESSAGE(name, value.find("open-sesame") == std::string::npos);
        for (const char* name : {"database.url", "keys.uri.tls", "journal.heads.url", "mail.relay"})
            CPPUNIT_ASSERT_MESSAGE(name, all.at(name).starts_with("sha256:"));
        CPPUNIT_ASSERT_EQUAL(std::string("https://tsa.example/"), all.at("journal.timestamp.url"));
        // A change of one is seen all the same.
        config.database.url += "2";
        const auto changed = config::changes_between(all, values(config));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, changed.size());
        CPPUNIT_ASSERT_EQUAL(std::string("database.url"), changed.front().field);
    }

    void files_count_by_their_content() {
        config::Config config;
        config.security.saml_issuers["urn:idp"] = {"idp.pem", "gone.pem"};
        write("idp.pem", "one");
        const auto before = values(config);
        write("idp.pem", "two");
        const auto changed = config::changes_between(before, values(config));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, changed.size());
        CPPUNIT_ASSERT_EQUAL(std::string("security.saml_issuers.urn:idp"), changed.front().field);
        CPPUNIT_ASSERT(changed.front().before.starts_with("idp.pem (sha256:"));
        CPPUNIT_ASSERT(changed.front().before.ends_with("gone.pem (not there)"));
    }

    void changes() {
        config::Config before, after;
        after.security.freshness = std::chrono::seconds(86400);
        after.trust_domains["x"].allow_oaep_sha1 = true;
        before.registry.listeners = {"10.0.0.0/8"};
        std::string all;
        for (const auto& one : config::changes_between(values(before), values(after)))
            if (!one.field.ends_with("_id")) all += one.field + " " + one.before + " " + one.after + "\n";
        CPPUNIT_ASSERT_EQUAL(std::string("registry.listeners 10.0.0.0/8 (none)\n"
                                         "security.freshness 300 86400\n"
                                         "trust_domains.x.allow_oaep_sha1 (none) true\n"),
                             all);
        CPPUNIT_ASSERT(config::changes_between(values(before), values(before)).empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RecordedValuesTest);
