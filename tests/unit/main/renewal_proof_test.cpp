// Only a node itself, by a key it was certified for and that is still good, asks for its next certificates.
#include "gateway/main/daemon/renewal_proof.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "gateway/main/node_keys.hpp"

namespace hutong::daemon {
namespace {

namespace fs = std::filesystem;

class RenewalProofTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RenewalProofTest);
    CPPUNIT_TEST(a_node_asks_for_itself);
    CPPUNIT_TEST(whatever_is_changed_is_refused);
    CPPUNIT_TEST(another_node_s_key_is_refused);
    CPPUNIT_TEST(what_another_ca_certified_is_refused);
    CPPUNIT_TEST(what_a_revoked_ca_certified_is_refused);
    CPPUNIT_TEST(what_has_ended_is_refused);
    CPPUNIT_TEST_SUITE_END();

    Home home_;
    std::unique_ptr<security::Authorities> authorities_;

    // A key of that node, certified by the first CA of `by` that issues.
    std::shared_ptr<const security::SigningKey> key_of(const std::string& node,
                                                       const security::Authorities& by,
                                                       const char* name = "sign-p256") {
        const NodeKey& key = *find_node_key(name);
        const std::string csr = security::make_key_and_csr(home_, key.name, key.kind).value();
        const auto issued = certify(*by.choose().value(), key, csr, node, "https://gw.example", "").value();
        security::store_chain(home_, key.name, issued.pem).value();
        return security::KeyProviders().signing_key(key_file(home_, name), chain_file(home_, name)).value();
    }
    registry::RenewalRequest request(const security::SigningKey& key, const std::string& node = "second") {
        Home beside{home_.root / "new"};
        beside.create().value();
        registry::RenewalRequest made;
        made.node = node;
        made.key = "tls";
        made.csr = security::make_key_and_csr(beside, "tls", security::KeyKind::p256).value();
        made.renews = "0a1b";
        sign_renewal(made, key).value();
        return made;
    }
    Result<void> check(const registry::RenewalRequest& made, std::chrono::hours later = {}) {
        return check_renewal(made, *authorities_, system_clock().now() + later);
    }
    void refused(const registry::RenewalRequest& made, const std::string& part,
                 std::chrono::hours later = {}) {
        const auto checked = check(made, later);
        CPPUNIT_ASSERT(checked.has_error());
        CPPUNIT_ASSERT_MESSAGE(checked.error().detail,
                               checked.error().detail.find(part) != std::string::npos);
    }

  public:
    void setUp() override {
        home_.root = fs::temp_directory_path() / ("hutong-test-" + new_uuid());
        home_.create().value();
        security::Authorities::found(home_, {"Test", "https://gw.example"}).value();
        authorities_ = security::Authorities::open(home_).value();
    }
    void tearDown() override { fs::remove_all(home_.root); }

    void a_node_asks_for_itself() {
        const auto good = check(request(*key_of("second", *authorities_)));
        CPPUNIT_ASSERT_MESSAGE(good ? "" : good.error().detail, good);
        CPPUNIT_ASSERT(check(request(*key_of("second", *authorities_, "sign-rsa"))));
    }

    void whatever_is_changed_is_refused() {
        const auto good = request(*key_of("second", *authorities_));
        auto other = good;
        other.key = "sign-rsa";
        refused(other, "signature");
        other = good;
        other.renews = "";
        refused(other, "signature");
        other = good;
        other.csr = request(*key_of("second", *authorities_)).csr;
        refused(other, "signature");
        other = good;
        other.signature.back() ^= 1;
        refused(other, "signature");
        other = good;
        other.node = "third";
        refused(other, "not node third");
        other = good;
        other.signer = {1, 2, 3};
        CPPUNIT_ASSERT(check(other).has_error());
        CPPUNIT_ASSERT(check(good));
    }

    // Nor one of the node that says only how it is reached, or when it was.
    void another_node_s_key_is_refused() {
        refused(request(*key_of("third", *authorities_)), "not node second");
        refused(request(*key_of("second", *authorities_, "tls")), "not node second");
        refused(request(*key_of("second", *authorities_, "tsa")), "not node second");
        // It bears the node's name, and no program of ours would sign with it.
        auto made = request(*key_of("second", *authorities_));
        const NodeKey& key = *find_node_key("encrypt-rsa");
        const std::string csr = security::make_key_and_csr(home_, key.name, key.kind).value();
        made.signer = certify(*authorities_->choose().value(), key, csr, "second", "https://gw.example", "")
                          .value()
                          .der;
        refused(made, "not for signatures");
    }

    void what_another_ca_certified_is_refused() {
        Home elsewhere{home_.root / "elsewhere"};
        elsewhere.create().value();
        security::Authorities::found(elsewhere, {"Test", "https://gw.example"}).value();
        const auto others = security::Authorities::open(elsewhere).value();
        refused(request(*key_of("second", *others)), "no CA of this platform");
    }

    void what_a_revoked_ca_certified_is_refused() {
        const auto made = request(*key_of("second", *authorities_));
        authorities_->add("issuing-2", security::KeyKind::p256).value();
        authorities_->retire("issuing-1").value();
        CPPUNIT_ASSERT(check(made));
        authorities_->mark_revoked("issuing-1").value();
        refused(made, "revoked CA issuing-1");
    }

    void what_has_ended_is_refused() {
        const auto made = request(*key_of("second", *authorities_));
        CPPUNIT_ASSERT(check(made, std::chrono::hours(24 * 365 * 5 - 48)));
        refused(made, "ended at", std::chrono::hours(24 * 365 * 5 + 48));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RenewalProofTest);

}  // namespace
}  // namespace hutong::daemon
