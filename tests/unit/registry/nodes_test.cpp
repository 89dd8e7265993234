// How a further node comes in.
#include "registry/store/nodes.hpp"

#include "fixture.hpp"

namespace hutong::registry {
namespace {

class NodesTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(NodesTest);
    CPPUNIT_TEST(a_node_comes_in);
    CPPUNIT_TEST(a_token_is_good_once);
    CPPUNIT_TEST(an_expired_or_invented_token_is_refused);
    CPPUNIT_TEST(tokens_are_not_stored);
    CPPUNIT_TEST(who_asks_shows_the_token);
    CPPUNIT_TEST(a_refused_node_is_told_and_may_ask_again);
    CPPUNIT_TEST(an_answer_fits_the_request);
    CPPUNIT_TEST(one_founder);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        nodes_ = std::make_unique<Nodes>(*pool_);
        run(nodes_->found("first", "https://one.example")).value();
    }

    void a_node_comes_in() {
        run(nodes_->ask(token(), wanted("second"))).value();
        CPPUNIT_ASSERT(!run(nodes_->answer("second")).value());
        const auto pending = run(nodes_->pending()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, pending.size());
        CPPUNIT_ASSERT_EQUAL(std::string("second"), pending[0].node);
        CPPUNIT_ASSERT(pending[0].requests == wanted("second").requests);
        const PemByKey chains{{"tls", "chain one"}, {"sign-p256", "chain two"}};
        const std::string proof = answer_proof("token", "second", chains);
        run(nodes_->admit("second", chains, proof)).value();
        const auto answer = run(nodes_->answer("second")).value();
        CPPUNIT_ASSERT(answer && answer->chains.at("sign-p256") == "chain two");
        CPPUNIT_ASSERT_EQUAL(proof, answer->proof);
        CPPUNIT_ASSERT(proof != answer_proof("other", "second", chains));
        CPPUNIT_ASSERT(proof != answer_proof("token", "third", chains));
        CPPUNIT_ASSERT(proof != answer_proof("token", "second", {{"tls", "chain one"}, {"sign-p256", "3"}}));
        CPPUNIT_ASSERT(run(nodes_->pending()).value().empty());
        run(nodes_->seen("second", "https://moved.example")).value();
        const auto all = run(nodes_->list()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all.size());
        CPPUNIT_ASSERT(all[0].founder && !all[1].founder);
        CPPUNIT_ASSERT_EQUAL(std::string("https://moved.example"), all[1].url);
        CPPUNIT_ASSERT(run(nodes_->seen("stranger", "")).error().code == ErrorCode::not_found);
        CPPUNIT_ASSERT(run(nodes_->ask(token(), wanted("second"))).error().code == ErrorCode::conflict);
    }

    void a_token_is_good_once() {
        const std::string once = token();
        run(nodes_->ask(once, wanted("second"))).value();
        CPPUNIT_ASSERT(run(nodes_->ask(once, wanted("third"))).error().code == ErrorCode::refused);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, run(nodes_->pending()).value().size());
    }

    void an_expired_or_invented_token_is_refused() {
        const std::string late = run(nodes_->make_token(std::chrono::seconds(60), "officer li")).value();
        sql("update join_tokens set expires = now() - interval '1 second'");
        const Error expired = run(nodes_->ask(late, wanted("second"))).error();
        const Error invented = run(nodes_->ask(std::string(48, 'a'), wanted("second"))).error();
        CPPUNIT_ASSERT(expired.code == ErrorCode::refused);
        CPPUNIT_ASSERT_EQUAL(expired.detail, invented.detail);
        CPPUNIT_ASSERT(run(nodes_->pending()).value().empty());
    }

    void tokens_are_not_stored() {
        const std::string secret = token();
        const pg::Rows rows = sql("select digest from join_tokens");
        CPPUNIT_ASSERT(rows.text(0, 0) != secret);
        CPPUNIT_ASSERT(rows.text(0, 0) == to_hex(sha256(secret)));
        CPPUNIT_ASSERT(secret.size() >= 32 && secret != token());
    }

    // Over all that is asked for, so that nothing of it can be exchanged in the database.
    void who_asks_shows_the_token() {
        const std::string secret = token();
        run(nodes_->ask(secret, wanted("second"))).value();
        const JoinRequest kept = run(nodes_->pending()).value().front();
        CPPUNIT_ASSERT_EQUAL(to_hex(sha256(secret)), kept.invitation);
        CPPUNIT_ASSERT_EQUAL(join_proof(secret, wanted("second")), kept.proof);
        JoinRequest other = kept;
        other.url += "0";
        CPPUNIT_ASSERT(join_proof(secret, other) != kept.proof);
        other = kept;
        other.node = "third";
        CPPUNIT_ASSERT(join_proof(secret, other) != kept.proof);
        other = kept;
        other.requests["tls"] = "csr three";
        CPPUNIT_ASSERT(join_proof(secret, other) != kept.proof);
        CPPUNIT_ASSERT(join_proof(kept.invitation, kept) != kept.proof);
    }

    void a_refused_node_is_told_and_may_ask_again() {
        run(nodes_->ask(token(), wanted("second"))).value();
        run(nodes_->refuse("second", "not today")).value();
        const Error told = run(nodes_->answer("second")).error();
        CPPUNIT_ASSERT(told.code == ErrorCode::refused);
        CPPUNIT_ASSERT(told.detail.find("not today") != std::string::npos);
        CPPUNIT_ASSERT(run(nodes_->admit("second", {})).error().code == ErrorCode::conflict);
        run(nodes_->ask(token(), wanted("second"))).value();
        CPPUNIT_ASSERT(!run(nodes_->answer("second")).value());
        CPPUNIT_ASSERT(run(nodes_->answer("third")).error().code == ErrorCode::not_found);
    }

    void an_answer_fits_the_request() {
        run(nodes_->ask(token(), wanted("second"))).value();
        CPPUNIT_ASSERT(run(nodes_->admit("second", {{"tls", "only"}})).error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT(run(nodes_->admit("second", {{"tls", "a"}, {"sign-rsa", "b"}})).error().code ==
                       ErrorCode::invalid);
        CPPUNIT_ASSERT(!run(nodes_->answer("second")).value());
        JoinRequest odd = wanted("third");
        odd.requests["root"] = "csr";
        CPPUNIT_ASSERT(run(nodes_->ask(token(), odd)).error().code == ErrorCode::invalid);
        odd.requests.clear();
        CPPUNIT_ASSERT(run(nodes_->ask(token(), odd)).error().code == ErrorCode::invalid);
    }

    void one_founder() {
        run(nodes_->found("first", "https://one.example")).value();
        CPPUNIT_ASSERT(run(nodes_->found("usurper", "")).error().code == ErrorCode::conflict);
    }

  private:
    std::string token() { return run(nodes_->make_token(std::chrono::hours(1), "officer li")).value(); }
    static JoinRequest wanted(const std::string& node) {
        JoinRequest request;
        request.node = node;
        request.url = "https://" + node + ".example";
        request.requests = {{"tls", "csr one"}, {"sign-p256", "csr two"}};
        return request;
    }

    std::unique_ptr<Nodes> nodes_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(NodesTest);

}  // namespace
}  // namespace hutong::registry
