// A node puts in use what it asked for, whatever the database holds in its place.
#include "gateway/main/setup/granted.hpp"

#include <algorithm>

#include <cppunit/extensions/HelperMacros.h>

#include "base/ids.hpp"
#include "gateway/main/files.hpp"
#include "security/pki/authorities.hpp"

namespace hutong::setup {
namespace {

namespace fs = std::filesystem;

class GrantedTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GrantedTest);
    CPPUNIT_TEST(what_was_asked_for_is_taken);
    CPPUNIT_TEST(another_key_is_refused);
    CPPUNIT_TEST(another_platform_is_refused);
    CPPUNIT_TEST(another_name_is_refused);
    CPPUNIT_TEST(another_purpose_is_refused);
    CPPUNIT_TEST(a_chain_that_is_none_is_refused);
    CPPUNIT_TEST_SUITE_END();

    const fs::path folder_ = fs::temp_directory_path() / ("hutong-test-" + new_uuid());
    const Home home_{folder_ / "second"};
    const std::string node_ = new_uuid();
    const std::string url_ = "https://two.example:8443";
    std::unique_ptr<security::Authorities> authorities_;
    std::vector<Bytes> candidates_;  // what the database has for this platform's CAs
    std::vector<PreparedKey> prepared_;

    std::unique_ptr<security::Authorities> founded(const char* name) const {
        const Home home{folder_ / name};
        home.create().value();
        security::Authorities::found(home, {"Test", "https://gw.example"}).value();
        return security::Authorities::open(home).value();
    }
    const PreparedKey& prepared(std::string_view name) const {
        return *std::ranges::find_if(prepared_,
                                     [&](const PreparedKey& one) { return name == one.key->name; });
    }
    std::string issued(const PreparedKey& key, const security::Authorities& by, const std::string& node,
                       const std::string& url) const {
        return certify(*by.choose({}, key.key->kind).value(), *key.key, key.csr, node, url, "").value().pem;
    }
    Result<void> check(const PreparedKey& key, const std::string& chain) const {
        return check_granted(home_, node_, key, chain, candidates_);
    }
    void taken(const PreparedKey& key, const std::string& chain) const {
        const auto done = check(key, chain);
        CPPUNIT_ASSERT_MESSAGE(done ? "" : done.error().detail, done);
    }
    void refused(const PreparedKey& key, const std::string& chain, const std::string& part) const {
        const auto done = check(key, chain);
        CPPUNIT_ASSERT_MESSAGE(std::string(key.key->name) + ": " + part, done.has_error());
        CPPUNIT_ASSERT(done.error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_MESSAGE(done.error().detail, done.error().detail.find(part) != std::string::npos);
    }

  public:
    void setUp() override {
        home_.create().value();
        authorities_ = founded("first");
        std::vector<DueKey> due;
        for (const NodeKey& key : node_keys()) {
            const std::string csr = security::make_key_and_csr(home_, key.name, key.kind).value();
            security::store_chain(home_, key.name, issued({&key, "", csr}, *authorities_, node_, url_))
                .value();
            due.push_back({&key, "0a1b"});
        }
        prepared_ = prepare_keys(home_, due).value();
        const auto authority = authorities_->choose().value();
        candidates_ = {authority->issuing(), authority->root()};
    }
    void tearDown() override { fs::remove_all(folder_); }

    void what_was_asked_for_is_taken() {
        for (const PreparedKey& key : prepared_) taken(key, issued(key, *authorities_, node_, url_));
        // From another CA of the platform, also one of the national algorithms: the root is above both.
        authorities_->add("issuing-2", security::KeyKind::p256).value();
        authorities_->add("issuing-sm2", security::KeyKind::sm2).value();
        authorities_->retire("issuing-1").value();
        for (const PreparedKey& key : prepared_) {
            const std::string chain = issued(key, *authorities_, node_, url_);
            taken(key, chain);
            CPPUNIT_ASSERT(check_granted(home_, node_, key, chain, {}).has_error());
        }
        // A key that this node did not have.
        fs::remove(chain_file(home_, "sign-sm2"));
        taken(prepared("sign-sm2"), issued(prepared("sign-sm2"), *authorities_, node_, url_));
    }

    void another_key_is_refused() {
        for (const PreparedKey& key : prepared_) {
            PreparedKey other = key;
            const Home beside{folder_ / new_uuid()};
            beside.create().value();
            other.csr = security::make_key_and_csr(beside, key.key->name, key.key->kind).value();
            refused(key, issued(other, *authorities_, node_, url_), "it is for another key");
        }
    }

    // By the same names, and with its root among those that the database has.
    void another_platform_is_refused() {
        const auto others = founded("others");
        for (const PreparedKey& key : prepared_) {
            const std::string chain = issued(key, *others, node_, url_);
            refused(key, chain, "none of the platform");
            candidates_.push_back(others->choose().value()->root());
            candidates_.push_back(others->choose().value()->issuing());
            refused(key, chain, "none of the platform");
        }
        // With the platform's own CA beside it.
        const std::string mine = issued(prepared("tsa"), *authorities_, node_, url_);
        const std::string theirs = issued(prepared("tsa"), *others, node_, url_);
        const std::string ending = "-----END CERTIFICATE-----\n";
        refused(prepared("tsa"),
                theirs.substr(0, theirs.find(ending) + ending.size()) +
                    mine.substr(mine.find(ending) + ending.size()),
                "did not issue it");
    }

    void another_name_is_refused() {
        for (const PreparedKey& key : prepared_)
            refused(key, issued(key, *authorities_, new_uuid(), "https://three.example"), "it is for CN=");
        // TLS: the same subject with other names in it.
        const PreparedKey& tls = prepared("tls");
        const auto more = authorities_->choose().value()->issue(
            tls.csr, security::Profile::tls_server, "two.example", "Hutong", {"two.example", "three.example"},
            std::chrono::hours(24));
        refused(tls, more.value().pem, "it is for CN=two.example");
    }

    void another_purpose_is_refused() {
        const auto as = [&](const char* key, security::Profile profile, const std::string& name) {
            return authorities_->choose()
                .value()
                ->issue(prepared(key).csr, profile, name, "Hutong", {}, std::chrono::hours(24))
                .value()
                .pem;
        };
        const std::string gateway = "gateway " + node_;
        refused(prepared("sign-rsa"), as("sign-rsa", security::Profile::gateway_encryption, gateway),
                "are for");
        refused(prepared("encrypt-rsa"), as("encrypt-rsa", security::Profile::gateway_signing, gateway),
                "are for");
        refused(prepared("tsa"), as("tsa", security::Profile::gateway_signing, "timestamps of " + node_),
                "are for");
        // With an extended usage it is not named as a node's.
        refused(prepared("sign-p256"), as("sign-p256", security::Profile::tls_client, gateway), "it is for");
    }

    void a_chain_that_is_none_is_refused() {
        const PreparedKey& key = prepared("sign-p256");
        const std::string good = issued(key, *authorities_, node_, url_);
        const std::string ending = "-----END CERTIFICATE-----\n";
        const std::string leaf = good.substr(0, good.find(ending) + ending.size());
        for (const std::string& chain : {std::string(), std::string("x"), leaf, good + leaf})
            refused(key, chain, "no certificate with its CA's");
        // A certificate of this platform is no CA.
        const std::string own = read_file(chain_file(home_, "tsa")).value();
        refused(key, leaf + own.substr(0, own.find(ending) + ending.size()), "did not issue it");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GrantedTest);

}  // namespace
}  // namespace hutong::setup
