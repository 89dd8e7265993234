// Consumers, their certificates and their grants.
#include "fixture.hpp"

namespace hutong::registry {
namespace {

class GrantsTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(GrantsTest);
    CPPUNIT_TEST(down_to_the_operation);
    CPPUNIT_TEST(the_same_grant_again_changes_nothing);
    CPPUNIT_TEST(what_is_not_there_is_named);
    CPPUNIT_TEST(a_certificate_names_one_consumer);
    CPPUNIT_TEST(consumers_have_rules);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
        publish(request(contract()));
    }

    void down_to_the_operation() {
        run(publication_->grant({"ds-tax", "gs/company", "GetCompany"})).value();
        run(publication_->grant({"ds-tax", "gs/company", ""})).value();
        auto grants = run(publication_->grants("ds-tax")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, grants.size());
        CPPUNIT_ASSERT_EQUAL(std::string("gs/company"), grants[1].service);
        CPPUNIT_ASSERT_EQUAL(std::string("GetCompany"), grants[1].operation);
        run(publication_->ungrant({"ds-tax", "gs/company", ""})).value();
        grants = run(publication_->show("gs/company")).value().grants;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, grants.size());
        CPPUNIT_ASSERT_EQUAL(std::string("GetCompany"), grants[0].operation);
    }

    void the_same_grant_again_changes_nothing() {
        run(publication_->grant({"ds-tax", "gs/company", "GetCompany"})).value();
        const auto before = generation();
        run(publication_->grant({"ds-tax", "gs/company", "GetCompany"})).value();
        CPPUNIT_ASSERT_EQUAL(before, generation());
    }

    void what_is_not_there_is_named() {
        const auto before = generation();
        const Error operation = run(publication_->grant({"ds-tax", "gs/company", "GetCompanie"})).error();
        CPPUNIT_ASSERT(operation.code == ErrorCode::not_found);
        CPPUNIT_ASSERT(operation.detail.find("the nearest is GetCompany") != std::string::npos);
        CPPUNIT_ASSERT(run(publication_->grant({"nobody", "gs/company", ""})).error().detail.find("nobody") !=
                       std::string::npos);
        CPPUNIT_ASSERT(run(publication_->grant({"ds-tax", "gs/none", ""})).error().detail.find("gs/none") !=
                       std::string::npos);
        CPPUNIT_ASSERT(run(publication_->grant({"ds-tax", "company", ""})).error().code ==
                       ErrorCode::invalid);
        CPPUNIT_ASSERT(run(publication_->ungrant({"ds-tax", "gs/company", "GetCompany"})).error().code ==
                       ErrorCode::not_found);
        CPPUNIT_ASSERT_EQUAL(before, generation());
    }

    void a_certificate_names_one_consumer() {
        const Bytes der{0x30, 0x03, 0x02, 0x01, 0x05};
        run(publication_->bind_certificates("ds-tax", {der})).value();
        const auto before = generation();
        run(publication_->bind_certificates("ds-tax", {der})).value();
        CPPUNIT_ASSERT_EQUAL(before, generation());
        run(publication_->add_consumer({"other", "gs", "p256", {}})).value();
        const Error taken = run(publication_->bind_certificates("other", {der})).error();
        CPPUNIT_ASSERT(taken.code == ErrorCode::conflict);
        CPPUNIT_ASSERT(taken.detail.find("ds-tax") != std::string::npos);
        CPPUNIT_ASSERT(run(publication_->bind_certificates("nobody", {der})).error().code ==
                       ErrorCode::not_found);
        const auto consumers = run(publication_->consumers()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, consumers.size());
        CPPUNIT_ASSERT((consumers[0].certificates == std::vector<std::string>{to_hex(sha256(der))}));
        CPPUNIT_ASSERT(consumers[1].certificates.empty());
        CPPUNIT_ASSERT(consumers[1].answer_key == "p256");
    }

    void consumers_have_rules() {
        const auto code = [this](Consumer consumer) {
            return run(publication_->add_consumer(std::move(consumer))).error().code;
        };
        CPPUNIT_ASSERT(code({"ds-tax", "gs", std::nullopt, {}}) == ErrorCode::conflict);
        CPPUNIT_ASSERT(code({"new", "nobody", std::nullopt, {}}) == ErrorCode::not_found);
        CPPUNIT_ASSERT(code({"new", "gs", "dsa", {}}) == ErrorCode::invalid);
        CPPUNIT_ASSERT(code({"New", "gs", std::nullopt, {}}) == ErrorCode::invalid);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GrantsTest);

}  // namespace
}  // namespace hutong::registry
