// A node's own keys are renewed in time, and a crash in the middle can be mended.
#include "gateway/main/setup/key_renewal.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "gateway/main/files.hpp"

using namespace hutong;
namespace fs = std::filesystem;

class KeyRenewalTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeyRenewalTest);
    CPPUNIT_TEST(fresh_keys_are_left_alone);
    CPPUNIT_TEST(only_what_is_due_is_renewed);
    CPPUNIT_TEST(what_a_revoked_ca_certified_is_renewed);
    CPPUNIT_TEST(keys_of_the_national_algorithms_are_made_where_wanted);
    CPPUNIT_TEST(a_key_that_came_with_a_later_version_is_made);
    CPPUNIT_TEST(an_installed_key_fits_its_certificate);
    CPPUNIT_TEST(a_crash_between_key_and_certificate_is_mended);
    CPPUNIT_TEST(a_crash_before_the_key_changes_nothing);
    CPPUNIT_TEST_SUITE_END();

    Home home_;
    std::unique_ptr<security::Authorities> authorities_;

    std::vector<setup::PreparedKey> due(std::chrono::hours later) {
        auto prepared = setup::prepare_renewals(home_, *authorities_, "node", "https://gw.example",
                                                system_clock().now() + later);
        CPPUNIT_ASSERT_MESSAGE(prepared ? "" : prepared.error().detail, prepared);
        return std::move(*prepared);
    }

  public:
    void setUp() override {
        home_.root = fs::temp_directory_path() / ("hutong-test-" + new_uuid());
        CPPUNIT_ASSERT(home_.create());
        CPPUNIT_ASSERT(security::Authorities::found(home_, {"Test", "https://gw.example"}));
        authorities_ = std::move(*security::Authorities::open(home_));
        const auto authority = authorities_->choose().value();
        for (const NodeKey& key : node_keys()) {
            const auto csr = security::make_key_and_csr(home_, key.name, key.kind);
            CPPUNIT_ASSERT(csr);
            const auto issued = certify(*authority, key, *csr, "node", "https://gw.example", "");
            CPPUNIT_ASSERT_MESSAGE(issued ? "" : issued.error().detail, issued);
            CPPUNIT_ASSERT(security::store_chain(home_, key.name, issued->pem));
        }
    }
    void tearDown() override { fs::remove_all(home_.root); }

    void fresh_keys_are_left_alone() { CPPUNIT_ASSERT(due(std::chrono::hours(0)).empty()); }

    // 800 days on, the TLS certificate is near its end and the signing keys are not.
    void only_what_is_due_is_renewed() {
        const auto prepared = due(std::chrono::hours(24 * 800));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, prepared.size());
        CPPUNIT_ASSERT_EQUAL(std::string("tls"), std::string(prepared.front().key->name));
    }

    void what_a_revoked_ca_certified_is_renewed() {
        CPPUNIT_ASSERT(authorities_->mark_revoked("issuing-1").error().code == ErrorCode::refused);
        CPPUNIT_ASSERT(authorities_->add("issuing-2", security::KeyKind::p256));
        CPPUNIT_ASSERT(due(std::chrono::hours(0)).empty());
        CPPUNIT_ASSERT(authorities_->mark_revoked("issuing-1"));
        const auto prepared = due(std::chrono::hours(0));
        CPPUNIT_ASSERT_EQUAL(node_keys().size(), prepared.size());
        for (const auto& each : prepared) CPPUNIT_ASSERT_EQUAL(std::string("issuing-2"), each.issued.ca);
    }

    // For a platform that was founded without them.
    void keys_of_the_national_algorithms_are_made_where_wanted() {
        for (const char* name : {"sign-sm2", "encrypt-sm2"}) fs::remove(chain_file(home_, name));
        CPPUNIT_ASSERT(due(std::chrono::hours(0)).empty());
        const auto without = load_signing_keys(home_);
        CPPUNIT_ASSERT(without && !without->sm2 && !without->decryption.sm2 && without->decryption.rsa);
        const auto prepared = setup::prepare_renewals(home_, *authorities_, "node", "https://gw.example",
                                                      system_clock().now(), true);
        CPPUNIT_ASSERT(prepared);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, prepared->size());
        for (const auto& each : *prepared) CPPUNIT_ASSERT(setup::install(home_, each));
        const auto with = load_signing_keys(home_);
        CPPUNIT_ASSERT(with && with->sm2 && with->decryption.sm2);
        CPPUNIT_ASSERT(&with->of(security::KeyKind::sm2) == with->sm2.get());
        CPPUNIT_ASSERT(&without->of(security::KeyKind::sm2) == without->p256.get());
    }

    // A home that an older program founded.
    void a_key_that_came_with_a_later_version_is_made() {
        fs::remove(chain_file(home_, "tsa"));
        fs::remove(key_file(home_, "tsa"));
        const auto prepared = due(std::chrono::hours(0));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, prepared.size());
        CPPUNIT_ASSERT_EQUAL(std::string("tsa"), std::string(prepared.front().key->name));
    }

    void an_installed_key_fits_its_certificate() {
        const auto before = *read_file(key_file(home_, "sign-p256"));
        const auto prepared = due(std::chrono::hours(24 * 365 * 5));
        CPPUNIT_ASSERT_EQUAL(node_keys().size(), prepared.size());
        CPPUNIT_ASSERT_EQUAL(before, *read_file(key_file(home_, "sign-p256")));
        for (const auto& each : prepared) CPPUNIT_ASSERT(setup::install(home_, each));
        CPPUNIT_ASSERT(before != *read_file(key_file(home_, "sign-p256")));
        const auto keys = load_signing_keys(home_);
        CPPUNIT_ASSERT_MESSAGE(keys ? "" : keys.error().detail, keys);
        CPPUNIT_ASSERT(setup::finish_interrupted_renewal(home_));
        CPPUNIT_ASSERT(!fs::exists(home_.keys() / "renewal"));
    }

    void a_crash_between_key_and_certificate_is_mended() {
        CPPUNIT_ASSERT_EQUAL(node_keys().size(), due(std::chrono::hours(24 * 365 * 5)).size());
        fs::rename(home_.keys() / "renewal/keys/sign-rsa.key", key_file(home_, "sign-rsa"));
        CPPUNIT_ASSERT(!load_signing_keys(home_));
        CPPUNIT_ASSERT(setup::finish_interrupted_renewal(home_));
        CPPUNIT_ASSERT(load_signing_keys(home_));
    }

    void a_crash_before_the_key_changes_nothing() {
        const auto before = *read_file(key_file(home_, "sign-rsa"));
        CPPUNIT_ASSERT_EQUAL(node_keys().size(), due(std::chrono::hours(24 * 365 * 5)).size());
        CPPUNIT_ASSERT(setup::finish_interrupted_renewal(home_));
        CPPUNIT_ASSERT_EQUAL(before, *read_file(key_file(home_, "sign-rsa")));
        CPPUNIT_ASSERT(load_signing_keys(home_));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyRenewalTest);
