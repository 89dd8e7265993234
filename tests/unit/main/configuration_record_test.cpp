// No change of the configuration is silent: not one that cannot be compared with anything, and none that is
// long.
#include "gateway/main/daemon/configuration_record.hpp"

#include <fstream>

#include <cppunit/extensions/HelperMacros.h>

#include "base/log.hpp"
#include "security/journal/segment_reader.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"
#include "tests/unit/journal/fixture.hpp"

namespace hutong::daemon {
namespace {

using namespace security::test;

class ConfigurationRecordTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConfigurationRecordTest);
    CPPUNIT_TEST(the_first_one_is_no_change);
    CPPUNIT_TEST(a_change_is_recorded_told_and_warned_of);
    CPPUNIT_TEST(what_cannot_be_compared_is_told);
    CPPUNIT_TEST(a_long_change_is_told_too);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    const Home home_{folder_.path / "home"};
    const std::filesystem::path log_ = folder_.path / "log";
    const std::string node_ = "first";
    const config::Officers options_;
    asio::io_context context_;
    asio::thread_pool blocking_{1};
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<security::Access> access_;
    std::unique_ptr<security::Journal> journal_;

    pg::Rows sql(const std::string& text) { return test::run(context_, pool_->query(text)).value(); }
    std::int64_t told() { return sql("select count(*) from officer_notices").integer(0, 0); }
    std::string newest_notice() {
        return std::string(sql("select text from officer_notices order by id desc limit 1").text(0, 0));
    }
    std::string logged() const {
        std::ifstream in(log_);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    bool logged(const char* number) const { return logged().find(number) != std::string::npos; }
    security::Record newest() const {
        security::JournalQuery one;
        one.limit = 1;
        return security::read_journal(home_.journal(), one).value().front().record;
    }

    // Takes these values one after the other; `done` says when enough is seen.
    template <class Done>
    void take(const std::vector<config::RecordedValues>& all, Done done) {
        if (!journal_) journal_ = open_journal(home_.journal());
        OwnRecords records(*journal_);
        ConfigurationRecord record(home_, node_, records, *access_, blocking_);
        for (const config::RecordedValues& values : all) record.taken("0", values);
        asio::steady_timer timer(context_);
        bool over = false;
        asio::co_spawn(context_, record.run(timer), [&over](std::exception_ptr) { over = true; });
        test::run_until(context_, done);
        test::run_until(context_, [&] {
            timer.cancel();
            return over;
        });
    }

  public:
    void setUp() override {
        home_.create().value();
        const std::string url = test::embedded_postgres().fresh_database(true);
        pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{}, url);
        access_ = std::make_unique<security::Access>(*pool_, home_, options_);
        sql("update platform set separated = now(), recovery_delay = '1 day'");
        sql("insert into officers (name, role) values ('li', 'security')");
        configure_log({log_.string(), false, LogLevel::info});
    }
    void tearDown() override {
        configure_log({});
        journal_.reset();
        pool_->close();
    }

    void the_first_one_is_no_change() {
        take({{{"security.freshness", "300"}}}, [&] { return journal_->last().sequence == 1; });
        CPPUNIT_ASSERT_EQUAL(std::string("config.read"), newest().operation);
        CPPUNIT_ASSERT_EQUAL(std::string(), newest().reason);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, told());
        CPPUNIT_ASSERT(!logged("HT1009") && !logged("HT1010"));
    }

    void a_change_is_recorded_told_and_warned_of() {
        take({{{"security.freshness", "300"}}}, [&] { return journal_->last().sequence == 1; });
        // As after another start: it is the journal that it is compared with.
        take({{{"security.freshness", "600"}}}, [&] { return told() == 1; });
        CPPUNIT_ASSERT(newest().reason.find("security.freshness: 300 -> 600") != std::string::npos);
        CPPUNIT_ASSERT(
            newest_notice().starts_with("node first: configuration changed by the machine's owner"));
        CPPUNIT_ASSERT(logged("HT1009") && !logged("HT1010") && !logged("HT1004"));
        CPPUNIT_ASSERT(logged().find("security.freshness: 300 -> 600") != std::string::npos);
    }

    // A record spoilt on the disk is no way to a change in silence. The next one has something to go by
    // again.
    void what_cannot_be_compared_is_told() {
        fill(home_.journal(), 40);
        const auto segments = security::journal::list_segments(home_.journal()).value();
        CPPUNIT_ASSERT(segments.size() >= 3);
        flip_byte(segments.front().path, 40);
        take({{{"security.freshness", "600"}}}, [&] { return told() == 1; });
        CPPUNIT_ASSERT(newest_notice().find("cannot be compared") != std::string::npos);
        CPPUNIT_ASSERT(newest_notice().find("segment 1") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("config.read"), newest().operation);
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), newest().outcome);
        CPPUNIT_ASSERT(newest().reason.find("cannot be compared") != std::string::npos);
        CPPUNIT_ASSERT(logged("HT1010") && !logged("HT1009"));
        take({{{"security.freshness", "600"}}, {{"security.freshness", "900"}}}, [&] { return told() == 3; });
        CPPUNIT_ASSERT(newest_notice().find("security.freshness: 600 -> 900") != std::string::npos);
        CPPUNIT_ASSERT(logged("HT1009"));
    }

    void a_long_change_is_told_too() {
        config::RecordedValues many;
        for (int i = 0; i < 100; ++i) many["security.saml_issuers.urn:" + std::to_string(i)] = "税务";
        take({{{"security.freshness", "300"}}, many, {{"security.freshness", "300"}}},
             [&] { return told() == 2; });
        CPPUNIT_ASSERT(newest_notice().ends_with("hutong config history)"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConfigurationRecordTest);

}  // namespace
}  // namespace hutong::daemon
