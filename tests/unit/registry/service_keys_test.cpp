// Keys of the security service on a real database, and their way into the catalogue and its file.
#include "registry/publication/service_keys.hpp"

#include <filesystem>

#include "fixture.hpp"
#include "registry/store/catalogue_file.hpp"
#include "registry/store/catalogue_keeper.hpp"

namespace hutong::registry {
namespace {

class ServiceKeysTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(ServiceKeysTest);
    CPPUNIT_TEST(reach_the_catalogue_and_its_file);
    CPPUNIT_TEST(a_name_and_a_key_are_there_once);
    CPPUNIT_TEST(what_is_not_there_is_named);
    CPPUNIT_TEST(a_service_of_the_program_is_published);
    CPPUNIT_TEST_SUITE_END();

    std::optional<ServiceKeys> keys_;
    const test::TemporaryFolder folder_;
    Home home_;

    static ServiceKey key(const std::string& name = "seal") {
        return {name, "gs", "file:service-" + name + ".key", "sm2", KeyPurpose::sign, "PEM", {}};
    }
    static std::string digest(char of) { return std::string(64, of); }

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
        keys_.emplace(*pool_);
        home_.root = folder_.path();
        CPPUNIT_ASSERT(home_.create());
    }

    void reach_the_catalogue_and_its_file() {
        run(publication_->add_organisation({"ds", "地税局"})).value();
        CPPUNIT_ASSERT(!run(keys_->check_new("seal", "gs")).value().empty());
        const auto before = generation();
        run(keys_->add(key(), digest('a'))).value();
        run(keys_->grant("seal", "ds")).value();
        CPPUNIT_ASSERT_EQUAL(before + 2, generation());
        const auto read = run(read_catalogue(*pool_, nullptr)).value();
        save_catalogue(home_, *read).value();
        for (const auto& catalogue : {read, load_catalogue(home_).value()}) {
            CPPUNIT_ASSERT_EQUAL(std::size_t(1), catalogue->service_keys.size());
            const ServiceKey& stored = catalogue->service_keys.front();
            CPPUNIT_ASSERT(stored.name == "seal" && stored.org == "gs" && stored.kind == "sm2" &&
                           stored.uri == "file:service-seal.key" && stored.chain == "PEM" &&
                           stored.purpose == KeyPurpose::sign);
            CPPUNIT_ASSERT(stored.granted == (std::vector<std::string>{"ds", "gs"}));
        }
        run(keys_->revoke("seal", "gs")).value();
        CPPUNIT_ASSERT(run(read_catalogue(*pool_, nullptr)).value()->service_keys.front().granted ==
                       std::vector<std::string>{"ds"});
    }

    void a_name_and_a_key_are_there_once() {
        run(keys_->add(key(), digest('a'))).value();
        CPPUNIT_ASSERT(run(keys_->check_new("seal", "gs")).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(run(keys_->add(key(), digest('b'))).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT(run(keys_->add(key("stamp"), digest('a'))).error().code == ErrorCode::conflict);
        CPPUNIT_ASSERT_EQUAL(std::string("seal"), run(keys_->with_public_key(digest('a'))).value());
        CPPUNIT_ASSERT(run(keys_->with_public_key(digest('b'))).value().empty());
    }

    void what_is_not_there_is_named() {
        CPPUNIT_ASSERT(run(keys_->check_new("Seal!", "gs")).error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT(run(keys_->check_new("seal", "nobody")).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(run(keys_->grant("seal", "gs")).error().code == ErrorCode::not_found);
        run(keys_->add(key(), digest('a'))).value();
        CPPUNIT_ASSERT(run(keys_->grant("seal", "nobody")).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(run(keys_->revoke("seal", "nobody")).error().code == ErrorCode::not_found);
    }

    void a_service_of_the_program_is_published() {
        PublishRequest asked = request(contract());
        asked.local = "security";
        CPPUNIT_ASSERT(publish(asked).changed);
        CPPUNIT_ASSERT_EQUAL(std::string("internal:security"),
                             run(publication_->services()).value().front().endpoints.front());
        PublishRequest forged = request(contract());
        forged.endpoints = {"internal:security"};
        CPPUNIT_ASSERT(publish_error(forged).code == ErrorCode::invalid);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ServiceKeysTest);

}  // namespace
}  // namespace hutong::registry
