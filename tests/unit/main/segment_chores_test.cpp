// What is done with sealed segments goes on beside one that cannot be read; and no stamp of a wrong clock
// counts.
#include "gateway/main/daemon/segment_chores.hpp"

#include <boost/json/serialize.hpp>
#include <cppunit/extensions/HelperMacros.h>

#include "base/home.hpp"
#include "security/journal/beside.hpp"
#include "security/journal/seal_frame.hpp"
#include "security/pki/authorities.hpp"
#include "tests/unit/journal/fixture.hpp"

using namespace hutong;
using namespace hutong::daemon;
using namespace hutong::security::test;
namespace journal = hutong::security::journal;

class SegmentChoresTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SegmentChoresTest);
    CPPUNIT_TEST(a_segment_that_cannot_be_read_holds_up_no_stamp);
    CPPUNIT_TEST(a_segment_that_cannot_be_read_holds_up_no_archive);
    CPPUNIT_TEST(a_stamp_of_another_time_is_refused);
    CPPUNIT_TEST(an_older_head_replaces_no_newer_one);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    const Home home_{folder_.path / "home"};
    const std::filesystem::path archive_ = folder_.path / "archive";
    std::shared_ptr<const security::Authority> authority_;
    std::shared_ptr<const security::SigningKey> key_;
    std::shared_ptr<const security::TimestampAuthority> tsa_;

    std::shared_ptr<const security::SigningKey> make_key(const std::string& name,
                                                         security::Profile profile) const {
        const std::string csr = security::make_key_and_csr(home_, name, security::KeyKind::p256).value();
        const auto issued =
            authority_->issue(csr, profile, name, "Hutong", {}, std::chrono::hours(24)).value();
        security::store_chain(home_, name, issued.pem).value();
        return security::load_pem_key((home_.keys() / (name + ".key")).string(),
                                      (home_.keys() / (name + ".pem")).string())
            .value();
    }
    bool stamped(std::uint64_t segment) const {
        return std::filesystem::exists(journal::timestamp_path(home_.journal(), segment));
    }
    std::vector<journal::SegmentFile> segments() const {
        return journal::list_segments(home_.journal()).value();
    }

    // Runs the chores until `done` or a while is over; their state then.
    template <class Done>
    boost::json::object run(std::chrono::seconds keep, Done done) {
        asio::io_context context;
        asio::thread_pool blocking(1);
        asio::steady_timer timer(context);
        const TimeStamper stamper({nullptr, std::nullopt, {}, [this] { return tsa_; }, &blocking});
        SegmentChores chores(
            home_.journal(), [this] { return key_; }, stamper, keep, archive_, blocking);
        asio::co_spawn(context, chores.run(timer), asio::detached);
        for (int i = 0; i < 300 && !done(); ++i) context.run_for(std::chrono::milliseconds(100));
        CPPUNIT_ASSERT(done());
        // One more round, so that all of it was told.
        context.run_for(std::chrono::milliseconds(200));
        auto state = chores.state();
        timer.cancel();
        context.run_for(std::chrono::seconds(2));
        blocking.join();
        return state;
    }
    static void expect_trouble(const boost::json::object& state, const char* part, const std::string& of) {
        const auto& health = state.at(part).as_object();
        const std::string text = boost::json::serialize(health);
        CPPUNIT_ASSERT_MESSAGE(text, !health.at("up").as_bool() && text.find(of) != std::string::npos);
    }

  public:
    void setUp() override {
        home_.create().value();
        security::Authorities::found(home_, {"Hutong", "http://127.0.0.1"}).value();
        authority_ = security::Authorities::open(home_).value()->choose().value();
        key_ = make_key("node", security::Profile::gateway_signing);
        tsa_ = std::make_shared<const security::TimestampAuthority>(
            security::TimestampAuthority::make(make_key("tsa", security::Profile::tsa)).value());
        std::filesystem::create_directory(archive_);
        write_file(archive_ / journal::archive_marker, "");
        fill(home_.journal(), 40);
        CPPUNIT_ASSERT(segments().size() >= 3);
    }

    void a_segment_that_cannot_be_read_holds_up_no_stamp() {
        flip_byte(segments().front().path, 40);
        const std::uint64_t last = segments().back().number;
        const auto state = run(std::chrono::seconds(0), [&] { return stamped(last); });
        CPPUNIT_ASSERT(!stamped(1) && stamped(2));
        expect_trouble(state, "timestamps", "segment 1");
    }

    void a_segment_that_cannot_be_read_holds_up_no_archive() {
        flip_byte(segments().front().path, 40);
        journal::write_beside(journal::timestamp_path(home_.journal(), 1), as_bytes("a stamp")).value();
        const auto state =
            run(std::chrono::seconds(1), [&] { return journal::is_archived(segments().back()); });
        CPPUNIT_ASSERT(!journal::is_archived(segments()[0]) && journal::is_archived(segments()[1]));
        expect_trouble(state, "archive", "segment 1");
    }

    void a_stamp_of_another_time_is_refused() {
        const TimePoint now = system_clock().now();
        for (const int apart : {-6, -4, 0, 4, 6}) {
            security::Timestamp stamp;
            stamp.tsa = "CN=tsa";
            stamp.time = now + std::chrono::minutes(apart);
            const auto outcome = check_clock(stamp, now);
            CPPUNIT_ASSERT_EQUAL(std::abs(apart) < 5, outcome.has_value());
            if (!outcome)
                CPPUNIT_ASSERT(outcome.error().detail.find("more than five minutes apart") !=
                               std::string::npos);
        }
    }

    void an_older_head_replaces_no_newer_one() {
        const auto keep = [&](std::uint64_t frames) {
            const auto head =
                security::evidence::sign_head({"node-1", system_clock().now(), {7, frames, 1, {}, {}}}, *key_)
                    .value();
            keep_newest_head(home_.journal(), head).value();
            const auto line = journal::read_beside(journal::head_path(home_.journal(), 7)).value();
            const auto there = security::evidence::head_from_line(as_text(line)).value();
            return security::evidence::head_from_text(there.text).value().head.frames;
        };
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{5}, keep(5));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, keep(9));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, keep(7));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SegmentChoresTest);
