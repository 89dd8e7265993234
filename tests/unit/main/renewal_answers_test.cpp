// What a node that is in gets when it asks, and what rows that were changed get nobody.
#include "gateway/main/daemon/renewal_answers.hpp"

#include "certifying_fixture.hpp"
#include "gateway/main/daemon/renewal_proof.hpp"

namespace hutong::daemon {
namespace {

class RenewalAnswersTest : public CertifyingFixture {
    CPPUNIT_TEST_SUITE(RenewalAnswersTest);
    CPPUNIT_TEST(a_node_gets_what_it_asks_for);
    CPPUNIT_TEST(a_request_that_is_put_back_gets_the_same_again);
    CPPUNIT_TEST(a_key_that_has_a_certificate_gets_no_other);
    CPPUNIT_TEST(a_changed_url_brings_nothing);
    CPPUNIT_TEST(tls_is_renewed_from_a_certificate_of_this_platform_only);
    CPPUNIT_TEST(another_nodes_tls_is_renewed_by_that_node_only);
    CPPUNIT_TEST(what_is_refused_holds_up_nobody);
    CPPUNIT_TEST_SUITE_END();

    const std::string node_ = new_uuid();
    std::unique_ptr<registry::NodeRenewals> renewals_;
    std::unique_ptr<RenewalAnswers> answers_;
    std::shared_ptr<const security::SigningKey> signer_, tls_key_;
    std::string tls_;  // serial numbers
    std::string signing_;

    security::Issued certified_key(const Home& home, const std::string& name) {
        KeyWish wish;
        wish.key = find_node_key(name);
        wish.csr = security::make_key_and_csr(home, name, wish.key->kind).value();
        wish.node = node_;
        wish.url = "https://two.example:8443";
        wish.actor = "test";
        security::Issued issued = run(certifier_->certify(std::move(wish))).value();
        security::store_chain(home, name, issued.pem).value();
        return issued;
    }
    static std::shared_ptr<const security::SigningKey> opened(const Home& home, const char* name) {
        return security::KeyProviders().signing_key(key_file(home, name), chain_file(home, name)).value();
    }
    registry::RenewalRequest request(const std::string& key, const std::string& renews) {
        registry::RenewalRequest made;
        made.node = node_;
        made.key = key;
        made.csr = csr(key);
        made.renews = renews;
        sign_renewal(made, *signer_).value();
        if (key == "tls") show_possession(made, *tls_key_).value();
        return made;
    }
    void ask(const registry::RenewalRequest& made) { run(renewals_->ask(made)).value(); }
    registry::RenewalAnswer answered(const std::string& key) {
        finish(answers_->answer_pending());
        for (const registry::RenewalAnswer& one : run(renewals_->answers(node_)).value())
            if (one.key == key) return one;
        CPPUNIT_FAIL("there is no answer for " + key);
        return {};
    }
    // Nothing was certified, the node is told why, and it is in the journal.
    void refused(const std::string& key, const std::string& part) {
        const auto before = certified();
        const registry::RenewalAnswer answer = answered(key);
        CPPUNIT_ASSERT_EQUAL(before, certified());
        CPPUNIT_ASSERT(answer.state == registry::RenewalState::refused && answer.chain.empty());
        CPPUNIT_ASSERT_MESSAGE(answer.reason, answer.reason.find(part) != std::string::npos);
        const security::Record record = newest_record();
        CPPUNIT_ASSERT_EQUAL(std::string("node.certificate"), record.operation);
        CPPUNIT_ASSERT_EQUAL(answer.reason, record.reason);
    }
    security::Issued founders_tls(std::string url) {
        KeyWish wish;
        wish.key = find_node_key("tls");
        wish.csr = csr();
        wish.node = founder_;
        wish.url = std::move(url);
        wish.actor = "test";
        return run(certifier_->certify(std::move(wish))).value();
    }
    void put_back() {
        sql("update node_renewals set state = 'pending', chain = null, reason = '', answered = null");
    }

  public:
    void setUp() override {
        CertifyingFixture::setUp();
        renewals_ = std::make_unique<registry::NodeRenewals>(*pool_);
        answers_ = std::make_unique<RenewalAnswers>(
            RenewalAnswers::Parts{*renewals_, *certificates_, *authorities_, *certifier_, *records_});
        const Home second{folder_.path / "second"};
        second.create().value();
        tls_ = certified_key(second, "tls").serial;
        signing_ = certified_key(second, "sign-p256").serial;
        signer_ = opened(second, "sign-p256");
        tls_key_ = opened(second, "tls");
        sql("insert into nodes (id, url) values ('" + node_ + "', 'https://two.example:8443')");
        sql("insert into join_tokens (digest, expires, used) values (repeat('0', 64), now(), now())");
        sql("insert into join_requests (node, token, url, state, answered) values ('" + node_ +
            "', repeat('0', 64), 'https://two.example:8443', 'admitted', now())");
    }

    void a_node_gets_what_it_asks_for() {
        ask(request("tls", tls_));
        CPPUNIT_ASSERT(answered("tls").state == registry::RenewalState::granted);
        ask(request("sign-p256", signing_));
        CPPUNIT_ASSERT(answered("sign-p256").state == registry::RenewalState::granted);
        ask(request("tsa", ""));  // it had none
        CPPUNIT_ASSERT(answered("tsa").state == registry::RenewalState::granted);
        // Another port is no other host.
        sql("update join_requests set url = 'https://two.example:9443'");
        ask(request("tls", tls_));
        CPPUNIT_ASSERT(answered("tls").state == registry::RenewalState::granted);
    }

    void a_request_that_is_put_back_gets_the_same_again() {
        ask(request("sign-p256", signing_));
        CPPUNIT_ASSERT(answered("sign-p256").state == registry::RenewalState::granted);
        const std::string first(sql("select chain from node_renewals").text(0, 0));
        const auto before = certified();
        put_back();
        CPPUNIT_ASSERT(answered("sign-p256").state == registry::RenewalState::granted);
        CPPUNIT_ASSERT_EQUAL(first, std::string(sql("select chain from node_renewals").text(0, 0)));
        CPPUNIT_ASSERT_EQUAL(before, certified());
        // What was revoked since is not given again.
        sql("update certificates set status = 'revoked', reason = 'superseded', revoked_at = now() where "
            "renews is not null");
        put_back();
        refused("sign-p256", "a renewal is of a new key");
    }

    void a_key_that_has_a_certificate_gets_no_other() {
        auto made = request("sign-p256", signing_);
        KeyWish other;  // whoever's and whatever for
        other.key = find_node_key("tsa");
        other.csr = made.csr;
        other.node = founder_;
        other.actor = "test";
        run(certifier_->certify(std::move(other))).value();
        ask(made);
        refused("sign-p256", "a renewal is of a new key");
    }

    void a_changed_url_brings_nothing() {
        for (const char* url : {"https://evil.example", "https://xtwo.example", "https://example", ""}) {
            sql(std::string("update join_requests set url = '") + url + "'");
            ask(request("tls", tls_));
            refused("tls", "is for another host");
        }
    }

    // Nor from what the register has in its place.
    void tls_is_renewed_from_a_certificate_of_this_platform_only() {
        for (const std::string& renews : {std::string(), std::string("0a1b")}) {
            ask(request("tls", renews));
            refused("tls", "none of this platform");
        }
        const Home elsewhere{folder_.path / "elsewhere"};
        elsewhere.create().value();
        security::Authorities::found(elsewhere, {"Test", "https://gw.example"}).value();
        const auto others = security::Authorities::open(elsewhere).value();
        const auto evil = certify(*others->choose().value(), *find_node_key("tls"), csr(), node_,
                                  "https://evil.example", "")
                              .value();
        sql("update join_requests set url = 'https://evil.example'");
        sql("update certificates set pem = '" + evil.pem + "' where serial = '" + tls_ + "'");
        ask(request("tls", tls_));
        refused("tls", "is not that certificate");
        // One of this platform's, but another.
        const security::Issued founders = founders_tls("https://evil.example");
        sql("update certificates set pem = '" + founders.pem + "' where serial = '" + tls_ + "'");
        ask(request("tls", tls_));
        refused("tls", "is not that certificate");
    }

    // Of a node that was broken into, with all that is in the database.
    void another_nodes_tls_is_renewed_by_that_node_only() {
        const security::Issued founders = founders_tls("https://one.example");
        sql("update join_requests set url = 'https://one.example'");
        ask(request("tls", founders.serial));
        refused("tls", "does not show the key");
        sql("update join_requests set url = 'https://two.example:8443'");
        auto without = request("tls", tls_);
        without.possession.clear();
        ask(without);
        refused("tls", "does not show the key");
    }

    // More of them than are read at once, and older.
    void what_is_refused_holds_up_nobody() {
        sql("insert into nodes (id, url) select 'n' || i, '' from generate_series(1, 230) i");
        sql("insert into node_renewals (node, key, csr, signature, signer, made) select 'n' || i, 'tls', "
            "'csr', "
            "'\\x00', '\\x00', now() - interval '1 hour' from generate_series(1, 230) i");
        ask(request("sign-p256", signing_));
        CPPUNIT_ASSERT(answered("sign-p256").state == registry::RenewalState::granted);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             sql("select count(*) from node_renewals where state = 'pending'").integer(0, 0));
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{230},
            sql("select count(*) from node_renewals where state = 'refused' and reason <> ''").integer(0, 0));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RenewalAnswersTest);

}  // namespace
}  // namespace hutong::daemon
