// A node comes in by an invitation of this node and by nothing that can be written into the database.
#include "gateway/main/daemon/join_answers.hpp"

#include "certifying_fixture.hpp"

namespace hutong::daemon {
namespace {

class JoinAnswersTest : public CertifyingFixture {
    CPPUNIT_TEST_SUITE(JoinAnswersTest);
    CPPUNIT_TEST(who_was_invited_comes_in);
    CPPUNIT_TEST(rows_alone_let_nobody_in);
    CPPUNIT_TEST(what_was_changed_after_it_was_asked_is_refused);
    CPPUNIT_TEST(an_invitation_is_answered_once);
    CPPUNIT_TEST(an_invitation_that_expired_is_refused);
    CPPUNIT_TEST(who_may_invite_no_more_has_invited_nobody);
    CPPUNIT_TEST(names_and_urls_are_checked);
    CPPUNIT_TEST_SUITE_END();

    std::unique_ptr<JoinAnswers> answers_;

    std::string state_of(const std::string& node) {
        return std::string(sql("select state from join_requests where node = '" + node + "'").text(0, 0));
    }

    std::string invite(const std::string& officer = "li", std::chrono::hours life = std::chrono::hours(24)) {
        const std::string by = officer.empty() ? "uid 0 (root)" : "officer " + officer;
        const std::string token = run(nodes_->make_token(std::chrono::hours(24), by)).value();
        Invitations(home_).keep({token, officer, by, system_clock().now() + life}).value();
        return token;
    }
    registry::JoinRequest request() {
        registry::JoinRequest made;
        made.node = new_uuid();
        made.url = "https://two.example:8443";
        made.requests["tls"] = csr();
        return made;
    }
    void ask(const std::string& token, const registry::JoinRequest& made) {
        run(nodes_->ask(token, made)).value();
    }
    // What whoever can write to the database, and knows all that is in it, can put there.
    void put(const std::string& digest, const registry::JoinRequest& made, const std::string& proof) {
        sql("insert into join_tokens (digest, expires, used) values ('" + digest +
            "', now() + interval '1 day', now()) on conflict do nothing");
        sql("insert into certificate_history (actor, action, subject) values ('officer li', 'approved', "
            "'invitation " +
            digest + "')");
        sql("insert into join_requests (node, token, url, proof) values ('" + made.node + "', '" + digest +
            "', '" + made.url + "', '" + proof + "')");
        sql("insert into join_keys (node, key, csr) values ('" + made.node + "', 'tls', '" +
            made.requests.at("tls") + "')");
    }
    void answer() { finish(answers_->answer_pending()); }
    // Nothing was certified, the node is told why, and it is in the journal.
    void refused(const registry::JoinRequest& made, const std::string& part) {
        const auto before = certified();
        answer();
        CPPUNIT_ASSERT_EQUAL(before, certified());
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), state_of(made.node));
        const Error told = run(nodes_->answer(made.node)).error();
        CPPUNIT_ASSERT_MESSAGE(told.detail, told.detail.find(part) != std::string::npos);
        const security::Record record = newest_record();
        CPPUNIT_ASSERT_EQUAL(std::string("node.join"), record.operation);
        CPPUNIT_ASSERT(record.outcome != "ok");
        CPPUNIT_ASSERT_MESSAGE(record.reason, record.reason.find(part) != std::string::npos);
        CPPUNIT_ASSERT(record.content.find(made.node) != std::string::npos);
        sql("delete from join_requests");
    }

  public:
    void setUp() override {
        CertifyingFixture::setUp();
        answers_ = std::make_unique<JoinAnswers>(
            JoinAnswers::Parts{home_, founder_, *nodes_, *access_, *certifier_, *records_});
        sql("insert into officers (name, role) values ('li', 'security'), ('zhang', 'system')");
    }

    void who_was_invited_comes_in() {
        const auto made = request();
        const std::string token = invite();
        ask(token, made);
        answer();
        CPPUNIT_ASSERT_EQUAL(std::string("admitted"), state_of(made.node));
        const auto told = run(nodes_->answer(made.node)).value();
        CPPUNIT_ASSERT(told && told->chains.contains("tls"));
        CPPUNIT_ASSERT_EQUAL(registry::answer_proof(token, made.node, told->chains), told->proof);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, certified());
        const auto owners = request();
        ask(invite(""), owners);
        answer();
        CPPUNIT_ASSERT_EQUAL(std::string("admitted"), state_of(owners.node));
    }

    void rows_alone_let_nobody_in() {
        const auto made = request();
        const std::string token(48, 'a');
        put(to_hex(sha256(token)), made, registry::join_proof(token, made));
        refused(made, "gave no such invitation");
        // The digest of one that is open is a row; its token is not.
        const std::string digest = to_hex(sha256(invite()));
        for (const std::string& proof : {std::string(), registry::join_proof(digest, made)}) {
            put(digest, made, proof);
            refused(made, "does not show that it has the token");
        }
        // It takes nothing from who was invited.
        CPPUNIT_ASSERT(Invitations(home_).find(digest, system_clock().now()));
    }

    void what_was_changed_after_it_was_asked_is_refused() {
        for (const char* change : {"update join_requests set url = 'https://evil.example'",
                                   "update join_requests set proof = repeat('0', 64)"}) {
            const auto made = request();
            ask(invite(), made);
            sql(change);
            refused(made, "does not show that it has the token");
        }
        const auto made = request();
        ask(invite(), made);
        sql("update join_keys set csr = '" + csr() + "'");
        refused(made, "does not show that it has the token");
    }

    void an_invitation_is_answered_once() {
        const std::string token = invite();
        const auto made = request();
        ask(token, made);
        answer();
        CPPUNIT_ASSERT_EQUAL(std::string("admitted"), state_of(made.node));
        sql("delete from join_requests");
        auto other = request();
        put(to_hex(sha256(token)), other, registry::join_proof(token, other));
        refused(other, "used already");
        // Nor after a try of which nobody can say whether it came to anything.
        const std::string again = invite();
        const auto digest = to_hex(sha256(again));
        Invitation kept = Invitations(home_).find(digest, system_clock().now()).value();
        kept.node = made.node;
        Invitations(home_).keep(kept).value();
        other = request();
        ask(again, other);
        refused(other, "used already, by node " + made.node);
    }

    void an_invitation_that_expired_is_refused() {
        const auto made = request();
        ask(invite("li", std::chrono::hours(-1)), made);
        refused(made, "expired at");
    }

    void who_may_invite_no_more_has_invited_nobody() {
        auto made = request();
        ask(invite("nobody"), made);
        refused(made, "who has no account any more");
        made = request();
        ask(invite("zhang"), made);
        refused(made, "who is no security officer");
        made = request();
        ask(invite(), made);
        sql("update officers set disabled = true where name = 'li'");
        refused(made, "who has no account any more");
        made = request();
        ask(invite(""), made);
        sql("update platform set separated = now(), recovery_delay = '1 day'");
        refused(made, "before the officers were separated");
    }

    void names_and_urls_are_checked() {
        auto made = request();
        for (const char* url : {"", "ftp://two.example", "https://two.example/?x", "https://a@two.example"}) {
            made.url = url;
            ask(invite(), made);
            refused(made, "public URL");
        }
        made = request();
        made.node = "first";
        ask(invite(), made);
        refused(made, "no node's id");
        // Of one that is in, and of the founding node though its row is gone: nothing is certified for it.
        made = request();
        const std::string token = invite();
        ask(token, made);
        run(pool_->query("insert into nodes (id, url) values ('" + made.node + "', '')")).value();
        refused(made, "is in already");
        sql("delete from nodes");
        made.node = founder_;
        ask(invite(), made);
        refused(made, "is in already");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JoinAnswersTest);

}  // namespace
}  // namespace hutong::daemon
