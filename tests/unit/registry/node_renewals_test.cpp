// How a node that is in asks for its next certificates and is answered.
#include "registry/store/node_renewals.hpp"

#include <set>

#include "fixture.hpp"
#include "registry/store/nodes.hpp"

namespace hutong::registry {
namespace {

class NodeRenewalsTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(NodeRenewalsTest);
    CPPUNIT_TEST(what_is_asked_is_granted);
    CPPUNIT_TEST(what_is_held_back_waits_with_its_reason);
    CPPUNIT_TEST(an_answer_is_for_what_was_asked_last);
    CPPUNIT_TEST(only_nodes_that_are_in_may_ask);
    CPPUNIT_TEST(all_that_wait_are_read);
    CPPUNIT_TEST(authorities_are_this_platforms_own);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        Nodes nodes(*pool_);
        run(nodes.found("first", "https://one.example")).value();
        JoinRequest join;
        join.node = "second";
        join.url = "https://two.example";
        join.requests = {{"tls", "csr"}};
        const std::string token = run(nodes.make_token(std::chrono::hours(1), "officer li")).value();
        run(nodes.ask(token, join)).value();
        run(nodes.admit("second", {{"tls", "chain"}})).value();
        run(nodes.seen("second", "https://moved.example")).value();
        renewals_ = std::make_unique<NodeRenewals>(*pool_);
    }

    void what_is_asked_is_granted() {
        run(renewals_->ask(wanted("tls", "csr one"))).value();
        run(renewals_->ask(wanted("sign-p256", "csr two"))).value();
        const auto pending = run(renewals_->pending()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, pending.size());
        CPPUNIT_ASSERT(pending[0].key == "tls" || pending[1].key == "tls");
        const RenewalRequest& tls = pending[pending[0].key == "tls" ? 0 : 1];
        CPPUNIT_ASSERT_EQUAL(std::string("csr one"), tls.csr);
        CPPUNIT_ASSERT_EQUAL(std::string("0a1b"), tls.renews);
        CPPUNIT_ASSERT(tls.signature == Bytes({0, 1, 255}) && tls.signer == Bytes({48, 0}));
        CPPUNIT_ASSERT(tls.possession == Bytes({7, 0}));
        // What the invitation was for; where the node says that it is now does not count.
        CPPUNIT_ASSERT_EQUAL(std::string("https://two.example"), tls.url);
        run(renewals_->grant(tls, "chain one")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, run(renewals_->pending()).value().size());
        const auto answers = run(renewals_->answers("second")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, answers.size());
        CPPUNIT_ASSERT(answers[0].key == "sign-p256" && answers[0].state == RenewalState::pending);
        CPPUNIT_ASSERT(answers[1].state == RenewalState::granted && answers[1].chain == "chain one");
        CPPUNIT_ASSERT(run(renewals_->answers("first")).value().empty());
    }

    void what_is_held_back_waits_with_its_reason() {
        const RenewalRequest tls = wanted("tls", "csr one");
        run(renewals_->ask(tls)).value();
        CPPUNIT_ASSERT(run(renewals_->hold_back(tls, "the CA ends")).value());
        CPPUNIT_ASSERT(!run(renewals_->hold_back(tls, "the CA ends")).value());
        CPPUNIT_ASSERT(run(renewals_->hold_back(tls, "the token is away")).value());
        const auto answer = run(renewals_->answers("second")).value().front();
        CPPUNIT_ASSERT(answer.state == RenewalState::pending && answer.reason == "the token is away");
        run(renewals_->refuse(tls, "not its key")).value();
        const auto refused = run(renewals_->answers("second")).value().front();
        CPPUNIT_ASSERT(refused.state == RenewalState::refused && refused.reason == "not its key");
        CPPUNIT_ASSERT(run(renewals_->pending()).value().empty());
        CPPUNIT_ASSERT(run(renewals_->grant(tls, "chain")).error().code == ErrorCode::conflict);
    }

    void an_answer_is_for_what_was_asked_last() {
        run(renewals_->ask(wanted("tls", "csr one"))).value();
        run(renewals_->ask(wanted("tls", "csr two"))).value();
        CPPUNIT_ASSERT(run(renewals_->grant(wanted("tls", "csr one"), "chain")).error().code ==
                       ErrorCode::conflict);
        CPPUNIT_ASSERT(run(renewals_->refuse(wanted("tls", "csr one"), "no")).error().code ==
                       ErrorCode::conflict);
        run(renewals_->grant(wanted("tls", "csr two"), "chain")).value();
        // The next time, years later.
        run(renewals_->ask(wanted("tls", "csr three"))).value();
        const auto answer = run(renewals_->answers("second")).value().front();
        CPPUNIT_ASSERT(answer.state == RenewalState::pending && answer.chain.empty());
    }

    void only_nodes_that_are_in_may_ask() {
        RenewalRequest stranger = wanted("tls", "csr");
        stranger.node = "stranger";
        CPPUNIT_ASSERT(run(renewals_->ask(stranger)).has_error());
        CPPUNIT_ASSERT(run(renewals_->ask(wanted("root", "csr"))).has_error());
        CPPUNIT_ASSERT(run(renewals_->pending()).value().empty());
    }

    // The oldest first, however many wait in front; and each once.
    void all_that_wait_are_read() {
        sql("insert into nodes (id, url) select 'n' || i, '' from generate_series(1, 125) i");
        sql("insert into node_renewals (node, key, csr, signature, signer, made, reason) select 'n' || i, k, "
            "'csr', '\\x00', '\\x30', now() - interval '1 hour' - i / 2 * interval '1 microsecond', 'the CA "
            "ends' from generate_series(1, 125) i, unnest(array['tls', 'tsa']) k");
        run(renewals_->ask(wanted("tls", "the newest"))).value();
        std::vector<RenewalRequest> all;
        RenewalPlace after;
        for (bool more = true; more;) {
            const auto some = run(renewals_->pending(after)).value();
            CPPUNIT_ASSERT(some.size() <= 100);
            all.insert(all.end(), some.begin(), some.end());
            more = !some.empty();
            if (more) after = {some.back().made, some.back().node, some.back().key};
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{251}, all.size());
        CPPUNIT_ASSERT_EQUAL(std::string("the newest"), all.back().csr);
        std::set<std::pair<std::string, std::string>> different;
        for (const RenewalRequest& one : all) different.emplace(one.node, one.key);
        CPPUNIT_ASSERT_EQUAL(all.size(), different.size());
        CPPUNIT_ASSERT(all.front().node == "n124" || all.front().node == "n125");
    }

    void authorities_are_this_platforms_own() {
        CPPUNIT_ASSERT(run(renewals_->authorities()).value().empty());
        sql("insert into trusted_cas (thumbprint, name, own, der) select encode(sha256(d), 'hex'), 'CA', d = "
            "'\\x3001', d from (values ('\\x3001'::bytea), ('\\x3002'::bytea)) v (d)");
        CPPUNIT_ASSERT(run(renewals_->authorities()).value() == std::vector<Bytes>{Bytes({0x30, 0x01})});
    }

  private:
    static RenewalRequest wanted(const std::string& key, const std::string& csr) {
        RenewalRequest made{"second", key, csr, "0a1b", {0, 1, 255}, {48, 0}};
        made.possession = {7, 0};
        return made;
    }

    std::unique_ptr<NodeRenewals> renewals_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(NodeRenewalsTest);

}  // namespace
}  // namespace hutong::registry
