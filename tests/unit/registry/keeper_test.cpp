// The routing snapshot: replaced on every commit, saved, and good without the database.
#include <fstream>
#include <sstream>

#include "base/pg/migrations.hpp"
#include "fixture.hpp"
#include "registry/lifecycle/service_life.hpp"
#include "registry/store/catalogue_file.hpp"
#include "registry/store/catalogue_keeper.hpp"

namespace hutong::registry {
namespace {

namespace fs = std::filesystem;

class KeeperTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(KeeperTest);
    CPPUNIT_TEST(a_commit_arrives);
    CPPUNIT_TEST(a_commit_arrives_without_being_heard_of);
    CPPUNIT_TEST(a_commit_arrives_without_waiting_for_the_poll);
    CPPUNIT_TEST(refresh_brings_it_at_once);
    CPPUNIT_TEST(the_callback_comes_first_and_once);
    CPPUNIT_TEST(unchanged_contracts_are_shared);
    CPPUNIT_TEST(a_restored_database_is_followed);
    CPPUNIT_TEST(rows_it_cannot_read_leave_the_catalogue_in_use);
    CPPUNIT_TEST(it_outlives_the_database_and_catches_up);
    CPPUNIT_TEST(it_starts_from_the_file);
    CPPUNIT_TEST(a_changed_file_is_refused);
    CPPUNIT_TEST(without_database_and_file_there_is_nothing);
    CPPUNIT_TEST(everything_survives_the_file);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        folder_ = std::make_unique<test::TemporaryFolder>();
        home_.root = folder_->path();
        fs::create_directories(home_.cache());
        fs::create_directories(home_.keys());
        options_.poll_interval = std::chrono::milliseconds(20);
        add_people();
    }
    void tearDown() override {
        keeper_.reset();
        folder_.reset();
        RegistryFixture::tearDown();
    }

    void a_commit_arrives() {
        start();
        publish(request(contract()));
        test::run_until(context_, [this] { return keeper_->current()->services.size() == 1; });
        run(publication_->grant({"ds-tax", "gs/company", "GetCompany"})).value();
        test::run_until(context_, [this] { return keeper_->current()->grants.size() == 1; });
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(generation()), keeper_->current()->generation);
    }

    void a_commit_arrives_without_being_heard_of() {
        start();
        // What a lost notification looks like: the generation rises and nobody is told.
        sql("update platform set generation = generation + 1");
        test::run_until(context_, [this] {
            return keeper_->current()->generation == static_cast<std::uint64_t>(generation());
        });
    }

    void a_commit_arrives_without_waiting_for_the_poll() {
        options_.poll_interval = std::chrono::hours(1);
        start();
        publish(request(contract()));
        test::run_until(context_, [this] { return keeper_->current()->services.size() == 1; });
    }

    void refresh_brings_it_at_once() {
        options_.poll_interval = std::chrono::hours(1);
        start();
        sql("insert into organisations (id, name) values ('zj', '质监局')");
        sql("update platform set generation = generation + 1");
        run(keeper_->refresh()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, keeper_->current()->organisations.size());
    }

    void the_callback_comes_first_and_once() {
        start();
        publish(request(contract()));
        run(keeper_->refresh()).value();
        run(keeper_->refresh()).value();
        test::run_until(context_, [this] { return keeper_->current()->services.size() == 1; });
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, told_.size());
        CPPUNIT_ASSERT(!told_before_current_);
        CPPUNIT_ASSERT(told_[0] < told_[1]);
    }

    void unchanged_contracts_are_shared() {
        publish(request(contract()));
        const auto first = run(read_catalogue(*pool_, nullptr)).value();
        run(publication_->grant({"ds-tax", "gs/company", ""})).value();
        const auto second = run(read_catalogue(*pool_, first.get())).value();
        CPPUNIT_ASSERT(second->generation > first->generation);
        CPPUNIT_ASSERT(first->contracts.begin()->second == second->contracts.begin()->second);
    }

    void a_restored_database_is_followed() {
        publish(request(contract()));
        start();
        sql("delete from grants");
        sql("update services set status = 'offline'");
        sql("update platform set generation = 1");
        run(keeper_->refresh()).value();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, keeper_->current()->generation);
        CPPUNIT_ASSERT(keeper_->current()->services[0].status == ServiceStatus::offline);
    }

    void rows_it_cannot_read_leave_the_catalogue_in_use() {
        publish(request(contract()));
        start();
        const auto before = keeper_->current()->generation;
        sql("alter table services drop constraint services_policy_check");
        sql("update services set policy = 'of tomorrow'");
        sql("update platform set generation = generation + 1");
        CPPUNIT_ASSERT(run(keeper_->refresh()).error().code == ErrorCode::internal);
        CPPUNIT_ASSERT_EQUAL(before, keeper_->current()->generation);
        sql("update services set policy = 'plain'");
        test::run_until(context_, [&] { return keeper_->current()->generation > before; });
    }

    void it_outlives_the_database_and_catches_up() {
        publish(request(contract()));
        start();
        const auto known = keeper_->current();
        test::embedded_postgres().stop();
        test::run_until(context_, [this] { return run(keeper_->refresh()).has_error(); });
        CPPUNIT_ASSERT(keeper_->current() == known);
        test::embedded_postgres().start();
        ServiceLife life(*pool_, {}, blocking_);
        test::run_until(context_, [&] {
            return run(life.retire({"gs/company", "offline", "gone", "owner", "", {}, {}, true})).has_value();
        });
        test::run_until(context_,
                        [this] { return keeper_->current()->services[0].status == ServiceStatus::offline; });
    }

    void it_starts_from_the_file() {
        Catalogue saved;
        saved.generation = 7;
        saved.read_at = system_clock().now() - std::chrono::minutes(30);
        saved.organisations.push_back({"old", "旧"});
        save_catalogue(home_, saved).value();
        url_ = "postgresql://nobody@/none?host=/nowhere";
        pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{}, url_);
        start();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{7}, keeper_->current()->generation);
        CPPUNIT_ASSERT_EQUAL(std::string("旧"), keeper_->current()->organisations[0].name);
        // The age is that of what was read, not of the file or of this process.
        CPPUNIT_ASSERT(keeper_->age() >= std::chrono::minutes(30));
    }

    void a_changed_file_is_refused() {
        start();
        keeper_->stop();
        const fs::path file = home_.cache() / "catalogue.json";
        const std::string text = read(file);
        CPPUNIT_ASSERT(load_catalogue(home_).has_value());
        const auto refused_as = [&](const std::string& changed) {
            std::ofstream(file, std::ios::binary | std::ios::trunc) << changed;
            return load_catalogue(home_).error().code;
        };
        std::string edited = text;
        edited.replace(edited.find("ds-tax"), 6, "intrud");
        CPPUNIT_ASSERT(refused_as(edited) == ErrorCode::corrupt);
        CPPUNIT_ASSERT(refused_as(text.substr(0, text.size() - 1)) == ErrorCode::corrupt);
        CPPUNIT_ASSERT(refused_as(std::string(64, '0') + text.substr(64)) == ErrorCode::corrupt);
        CPPUNIT_ASSERT(refused_as("") == ErrorCode::corrupt);
        std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
        CPPUNIT_ASSERT(load_catalogue(home_).has_value());
        // Another node's key does not vouch for it.
        std::ofstream(home_.keys() / "snapshot.mac", std::ios::binary | std::ios::trunc)
            << std::string(32, 'k');
        CPPUNIT_ASSERT(load_catalogue(home_).error().code == ErrorCode::corrupt);
        CPPUNIT_ASSERT_EQUAL(fs::perms::owner_read | fs::perms::owner_write,
                             fs::status(home_.keys() / "snapshot.mac").permissions());
    }

    void without_database_and_file_there_is_nothing() {
        url_ = "postgresql://nobody@/none?host=/nowhere";
        pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{}, url_);
        make_keeper();
        CPPUNIT_ASSERT(run(keeper_->start()).error().code == ErrorCode::unavailable);
        CPPUNIT_ASSERT(!keeper_->current());
    }

    void everything_survives_the_file() {
        PublishRequest wanted = request(contract());
        wanted.journal = JournalLevel::full;
        wanted.wsdl_service = "Company";
        publish(wanted);
        run(publication_->grant({"ds-tax", "gs/company", "GetCompany"})).value();
        run(publication_->bind_certificates("ds-tax", {{1, 2, 3}})).value();
        sql("insert into trusted_cas (thumbprint, name, own, der) values (encode(sha256('\\x00ff'), 'hex'), "
            "'Root', "
            "true, '\\x00ff')");
        sql("insert into crls (ca, number, der) values ('issuing', 1, '\\xfe00')");
        sql("insert into certificates (serial, thumbprint, subject, profile, not_before, not_after, pem, "
            "status, "
            "reason, revoked_at) values ('0a', repeat('b', 64), 'CN=x', 'agency_signing', now(), now() + '1 "
            "day', "
            "'pem', 'revoked', 'superseded', now())");
        const auto read = run(read_catalogue(*pool_, nullptr)).value();
        save_catalogue(home_, *read).value();
        const auto loaded = load_catalogue(home_).value();
        CPPUNIT_ASSERT_EQUAL(read->generation, loaded->generation);
        CPPUNIT_ASSERT_EQUAL(format_utc(read->read_at), format_utc(loaded->read_at));
        CPPUNIT_ASSERT_EQUAL(read->organisations[0].name, loaded->organisations[0].name);
        const Service& service = loaded->services.at(0);
        CPPUNIT_ASSERT_EQUAL(read->services[0].contract, service.contract);
        CPPUNIT_ASSERT(service.endpoints == read->services[0].endpoints);
        CPPUNIT_ASSERT(service.journal == JournalLevel::full);
        CPPUNIT_ASSERT_EQUAL(std::string("Company"), service.wsdl_service);
        CPPUNIT_ASSERT(service.changed == read->services[0].changed);
        CPPUNIT_ASSERT(loaded->contracts.at(service.contract)->bundle.files == contract().files);
        CPPUNIT_ASSERT(loaded->consumers.at(0).certificates == read->consumers[0].certificates);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loaded->consumers[0].certificates.size());
        CPPUNIT_ASSERT_EQUAL(std::string("GetCompany"), loaded->grants.at(0).operation);
        CPPUNIT_ASSERT((loaded->cas.at(0).der == Bytes{0x00, 0xff}));
        CPPUNIT_ASSERT(loaded->cas[0].own);
        CPPUNIT_ASSERT((loaded->crls.at(0).der == Bytes{0xfe, 0x00}));
        CPPUNIT_ASSERT((loaded->revoked == std::vector<std::string>{std::string(64, 'b')}));
    }

  private:
    void make_keeper() {
        keeper_ = std::make_unique<CatalogueKeeper>(context_.get_executor(), *pool_, url_, home_, options_,
                                                    [this](const std::shared_ptr<const Catalogue>& fresh) {
                                                        told_.push_back(fresh->generation);
                                                        told_before_current_ = told_before_current_ ||
                                                                               keeper_->current() == fresh;
                                                    });
    }
    void start() {
        make_keeper();
        run(keeper_->start()).value();
    }
    static std::string read(const fs::path& file) {
        std::ostringstream text;
        text << std::ifstream(file, std::ios::binary).rdbuf();
        return text.str();
    }

    std::unique_ptr<test::TemporaryFolder> folder_;
    Home home_;
    config::Snapshot options_;
    std::vector<std::uint64_t> told_;
    bool told_before_current_{false};
    std::unique_ptr<CatalogueKeeper> keeper_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeeperTest);

}  // namespace
}  // namespace hutong::registry
