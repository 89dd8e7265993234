// Passwords and SAML names of consumers on a real database, and their way into the catalogue and its file.
#include "registry/publication/credentials.hpp"

#include <filesystem>

#include "fixture.hpp"
#include "registry/store/catalogue_file.hpp"
#include "registry/store/catalogue_keeper.hpp"

namespace hutong::registry {
namespace {

class CredentialsTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(CredentialsTest);
    CPPUNIT_TEST(reach_the_catalogue_and_its_file);
    CPPUNIT_TEST(a_name_of_an_issuer_means_one_consumer);
    CPPUNIT_TEST(what_is_not_there_is_named);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
        credentials_.emplace(*pool_);
        home_.root = folder_.path();
        CPPUNIT_ASSERT(home_.create());
    }

    void reach_the_catalogue_and_its_file() {
        const Bytes sealed(40, 7);
        const Bytes der{0x30, 0x03, 0x02, 0x01, 0x05};
        run(publication_->bind_certificates("ds-tax", {der})).value();
        CPPUNIT_ASSERT(!run(credentials_->has_secrets()).value());
        const auto before = generation();
        run(credentials_->set_password("ds-tax", Bytes(40, 1))).value();
        run(credentials_->set_password("ds-tax", sealed)).value();
        run(credentials_->bind_saml("ds-tax", {"https://idp", "税务 clerk"})).value();
        run(credentials_->set_vouches("ds-tax", true)).value();
        CPPUNIT_ASSERT(run(credentials_->has_secrets()).value());
        CPPUNIT_ASSERT_EQUAL(before + 4, generation());

        const auto read = run(read_catalogue(*pool_, nullptr)).value();
        save_catalogue(home_, *read).value();
        for (const auto& catalogue : {read, load_catalogue(home_).value()}) {
            const Consumer& consumer = find(*catalogue, "ds-tax");
            CPPUNIT_ASSERT(consumer.sealed_password == sealed);
            CPPUNIT_ASSERT(consumer.vouches);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, consumer.saml_names.size());
            CPPUNIT_ASSERT_EQUAL(std::string("https://idp"), consumer.saml_names[0].issuer);
            CPPUNIT_ASSERT_EQUAL(std::string("税务 clerk"), consumer.saml_names[0].name_id);
            CPPUNIT_ASSERT_EQUAL(consumer.certificates.size(), consumer.certificates_der.size());
            CPPUNIT_ASSERT(consumer.certificates_der.back() == der);
        }

        run(credentials_->remove_password("ds-tax")).value();
        run(credentials_->unbind_saml("ds-tax", {"https://idp", "税务 clerk"})).value();
        run(credentials_->set_vouches("ds-tax", false)).value();
        const auto after = run(read_catalogue(*pool_, nullptr)).value();
        const Consumer& consumer = find(*after, "ds-tax");
        CPPUNIT_ASSERT(consumer.sealed_password.empty() && consumer.saml_names.empty() && !consumer.vouches);
    }

    void a_name_of_an_issuer_means_one_consumer() {
        run(publication_->add_consumer({"other", "gs", {}, {}})).value();
        run(credentials_->bind_saml("ds-tax", {"https://idp", "clerk"})).value();
        run(credentials_->bind_saml("ds-tax", {"https://idp", "clerk"})).value();
        const Error taken = run(credentials_->bind_saml("other", {"https://idp", "clerk"})).error();
        CPPUNIT_ASSERT(taken.code == ErrorCode::conflict);
        CPPUNIT_ASSERT(taken.detail.find("ds-tax") != std::string::npos);
        run(credentials_->bind_saml("other", {"https://other-idp", "clerk"})).value();
    }

    void what_is_not_there_is_named() {
        const auto before = generation();
        CPPUNIT_ASSERT(run(credentials_->set_password("nobody", Bytes(40, 1))).error().code ==
                       ErrorCode::not_found);
        CPPUNIT_ASSERT(run(credentials_->remove_password("ds-tax")).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(run(credentials_->bind_saml("nobody", {"i", "n"})).error().code ==
                       ErrorCode::not_found);
        for (const char* bad : {"", " clerk", "clerk ", "cl\nerk"})
            CPPUNIT_ASSERT(run(credentials_->bind_saml("ds-tax", {"i", bad})).error().code ==
                           ErrorCode::invalid);
        CPPUNIT_ASSERT(run(credentials_->unbind_saml("ds-tax", {"i", "n"})).error().code ==
                       ErrorCode::not_found);
        CPPUNIT_ASSERT(run(credentials_->set_vouches("nobody", true)).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT_EQUAL(before, generation());
    }

  private:
    static const Consumer& find(const Catalogue& catalogue, const std::string& id) {
        for (const Consumer& consumer : catalogue.consumers)
            if (consumer.id == id) return consumer;
        throw std::runtime_error("no consumer " + id);
    }

    const test::TemporaryFolder folder_;
    Home home_;
    std::optional<Credentials> credentials_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(CredentialsTest);

}  // namespace
}  // namespace hutong::registry
