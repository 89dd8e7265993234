// A node's own keys are renewed in time, and a crash in the middle can be mended.
#include "gateway/main/setup/key_renewal.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "gateway/main/files.hpp"
#include "gateway/main/pem.hpp"
#include "security/pki/authorities.hpp"
#include "security/xmlenc/decryption_key.hpp"

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
    CPPUNIT_TEST(a_renewed_key_for_decryption_is_kept_while_its_certificate_is_good);
    CPPUNIT_TEST(a_chain_for_another_key_or_that_has_ended_is_refused);
    CPPUNIT_TEST_SUITE_END();

    Home home_;
    std::unique_ptr<security::Authorities> authorities_;

    std::vector<std::string> due(std::chrono::hours later, bool sm2 = false) {
        std::vector<Bytes> revoked;
        for (const auto& entry : authorities_->entries())
            if (entry.state == security::AuthorityState::revoked)
                revoked.push_back(authorities_->find(entry.name)->issuing());
        auto found = setup::due_keys(home_, revoked, system_clock().now() + later, sm2);
        CPPUNIT_ASSERT_MESSAGE(found ? "" : found.error().detail, found);
        due_ = std::move(*found);
        std::vector<std::string> names;
        for (const setup::DueKey& one : due_) names.push_back(one.key->name);
        return names;
    }
    // Of what was found due last.
    std::vector<setup::PreparedKey> prepared() {
        auto made = setup::prepare_keys(home_, due_);
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().detail, made);
        return std::move(*made);
    }
    security::Issued issued(const setup::PreparedKey& key) {
        const auto authority = authorities_->choose({}, key.key->kind);
        auto made = certify(**authority, *key.key, key.csr, "node", "https://gw.example", "");
        CPPUNIT_ASSERT_MESSAGE(made ? "" : made.error().detail, made);
        return std::move(*made);
    }
    Result<void> put(const setup::PreparedKey& key) {
        return setup::install(home_, key, issued(key).pem, system_clock().now());
    }
    std::string serial_of(const std::string& name) {
        return certificate_facts(*certificate_from_pem(*read_file(chain_file(home_, name))))->serial;
    }
    void all_due() { CPPUNIT_ASSERT_EQUAL(node_keys().size(), due(std::chrono::hours(24 * 365 * 5)).size()); }

    std::vector<setup::DueKey> due_;

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
        CPPUNIT_ASSERT(due(std::chrono::hours(24 * 800)) == std::vector<std::string>{"tls"});
        CPPUNIT_ASSERT_EQUAL(serial_of("tls"), due_.front().renews);
        CPPUNIT_ASSERT_EQUAL(serial_of("tls"), prepared().front().renews);
    }

    void what_a_revoked_ca_certified_is_renewed() {
        CPPUNIT_ASSERT(authorities_->mark_revoked("issuing-1").error().code == ErrorCode::refused);
        CPPUNIT_ASSERT(authorities_->add("issuing-2", security::KeyKind::p256));
        CPPUNIT_ASSERT(due(std::chrono::hours(0)).empty());
        CPPUNIT_ASSERT(authorities_->mark_revoked("issuing-1"));
        CPPUNIT_ASSERT_EQUAL(node_keys().size(), due(std::chrono::hours(0)).size());
        for (const auto& each : prepared()) CPPUNIT_ASSERT_EQUAL(std::string("issuing-2"), issued(each).ca);
    }

    // For a platform that was founded without them.
    void keys_of_the_national_algorithms_are_made_where_wanted() {
        for (const char* name : {"sign-sm2", "encrypt-sm2"}) fs::remove(chain_file(home_, name));
        CPPUNIT_ASSERT(due(std::chrono::hours(0)).empty());
        const auto without = load_signing_keys(home_);
        CPPUNIT_ASSERT(without && !without->sm2 && !without->decryption.sm2 && without->decryption.rsa);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, due(std::chrono::hours(0), true).size());
        for (const auto& each : prepared()) {
            CPPUNIT_ASSERT(each.renews.empty());
            CPPUNIT_ASSERT(put(each));
        }
        const auto with = load_signing_keys(home_);
        CPPUNIT_ASSERT(with && with->sm2 && with->decryption.sm2);
        CPPUNIT_ASSERT(&with->of(security::KeyKind::sm2) == with->sm2.get());
        CPPUNIT_ASSERT(&without->of(security::KeyKind::sm2) == without->p256.get());
    }

    // A home that an older program founded.
    void a_key_that_came_with_a_later_version_is_made() {
        fs::remove(chain_file(home_, "tsa"));
        fs::remove(key_file(home_, "tsa"));
        CPPUNIT_ASSERT(due(std::chrono::hours(0)) == std::vector<std::string>{"tsa"});
    }

    void an_installed_key_fits_its_certificate() {
        const auto before = *read_file(key_file(home_, "sign-p256"));
        all_due();
        const auto made = prepared();
        CPPUNIT_ASSERT_EQUAL(before, *read_file(key_file(home_, "sign-p256")));
        for (const auto& each : made) CPPUNIT_ASSERT(put(each));
        CPPUNIT_ASSERT(before != *read_file(key_file(home_, "sign-p256")));
        const auto keys = load_signing_keys(home_);
        CPPUNIT_ASSERT_MESSAGE(keys ? "" : keys.error().detail, keys);
        CPPUNIT_ASSERT(setup::finish_interrupted_renewal(home_));
        CPPUNIT_ASSERT(!fs::exists(home_.keys() / "renewal"));
    }

    void a_crash_between_key_and_certificate_is_mended() {
        all_due();
        for (const auto& each : prepared())
            if (std::string(each.key->name) == "sign-rsa")
                CPPUNIT_ASSERT(
                    security::store_chain({home_.keys() / "renewal"}, "sign-rsa", issued(each).pem));
        fs::rename(home_.keys() / "renewal/keys/sign-rsa.key", key_file(home_, "sign-rsa"));
        CPPUNIT_ASSERT(!load_signing_keys(home_));
        CPPUNIT_ASSERT(setup::finish_interrupted_renewal(home_));
        CPPUNIT_ASSERT(load_signing_keys(home_));
    }

    void a_crash_before_the_key_changes_nothing() {
        const auto before = *read_file(key_file(home_, "sign-rsa"));
        all_due();
        CPPUNIT_ASSERT_EQUAL(node_keys().size(), prepared().size());
        CPPUNIT_ASSERT(setup::finish_interrupted_renewal(home_));
        CPPUNIT_ASSERT_EQUAL(before, *read_file(key_file(home_, "sign-rsa")));
        CPPUNIT_ASSERT(load_signing_keys(home_));
    }

    // Callers have fetched its certificate, and encrypt for it until it ends.
    void a_renewed_key_for_decryption_is_kept_while_its_certificate_is_good() {
        const auto before = load_signing_keys(home_);
        CPPUNIT_ASSERT(before && !before->decryption.former_rsa && !before->decryption.former_sm2);
        all_due();
        for (const auto& each : prepared()) CPPUNIT_ASSERT(put(each));
        const auto after = load_signing_keys(home_);
        CPPUNIT_ASSERT(after && after->decryption.former_rsa && after->decryption.former_sm2);
        CPPUNIT_ASSERT(after->decryption.former_rsa->certificate() == before->decryption.rsa->certificate());
        CPPUNIT_ASSERT(after->decryption.former_sm2->certificate() == before->decryption.sm2->certificate());
        CPPUNIT_ASSERT(after->decryption.rsa->certificate() != before->decryption.rsa->certificate());
        CPPUNIT_ASSERT(!fs::exists(key_file(home_, former_name("sign-rsa"))));
        const auto in_six_years =
            load_signing_keys(home_, {}, system_clock().now() + std::chrono::hours(24 * 365 * 6));
        CPPUNIT_ASSERT(in_six_years && !in_six_years->decryption.former_rsa);
    }

    void a_chain_for_another_key_or_that_has_ended_is_refused() {
        all_due();
        const auto made = prepared();
        const auto before = *read_file(key_file(home_, made[1].key->name));
        const auto wrong = setup::install(home_, made[1], issued(made[2]).pem, system_clock().now());
        CPPUNIT_ASSERT(wrong.has_error() && wrong.error().code == ErrorCode::refused);
        const auto late = setup::install(home_, made[1], issued(made[1]).pem,
                                         system_clock().now() + std::chrono::hours(24 * 365 * 9));
        CPPUNIT_ASSERT(late.has_error() && late.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_EQUAL(before, *read_file(key_file(home_, made[1].key->name)));
        CPPUNIT_ASSERT(put(made[1]));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyRenewalTest);
