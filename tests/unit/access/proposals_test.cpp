// Proposals: kept word for word, decided once, never by the proposer, not after their time.
#include "access_fixture.hpp"

namespace hutong::security {
namespace {

class ProposalsTest : public AccessFixture {
    CPPUNIT_TEST_SUITE(ProposalsTest);
    CPPUNIT_TEST(decided_once_and_by_another);
    CPPUNIT_TEST(what_was_proposed_does_not_change);
    CPPUNIT_TEST(an_expired_one_is_not_decided);
    CPPUNIT_TEST_SUITE_END();

    Proposal made(std::chrono::seconds life = std::chrono::hours(1)) {
        return run(access_->proposals.make(Proposals::new_id(), "cert.issue", R"({"consumer":"hall"})", "li",
                                           life))
            .value();
    }

  public:
    void setUp() override {
        AccessFixture::setUp();
        add("li", Role::security);
        add("sun", Role::security);
    }

    void decided_once_and_by_another() {
        const Proposal proposal = made();
        CPPUNIT_ASSERT_EQUAL(std::string("waiting"), proposal.state);
        CPPUNIT_ASSERT(run(access_->proposals.decide(proposal.id, "approved", "li")).has_error());
        CPPUNIT_ASSERT(run(access_->proposals.decide(proposal.id, "withdrawn", "sun")).has_error());
        run(access_->proposals.decide(proposal.id, "approved", "sun")).value();
        CPPUNIT_ASSERT(run(access_->proposals.decide(proposal.id, "approved", "sun")).error().code ==
                       ErrorCode::conflict);
        CPPUNIT_ASSERT(run(access_->proposals.decide(proposal.id, "refused", "sun")).has_error());
        CPPUNIT_ASSERT(run(access_->proposals.decide("nothing", "approved", "sun")).error().code ==
                       ErrorCode::not_found);
        run(access_->proposals.say_outcome(proposal.id, "ok")).value();
        const Proposal done = run(access_->proposals.find(proposal.id)).value();
        CPPUNIT_ASSERT(done.state == "approved" && done.decided_by == "sun" && done.outcome == "ok");
    }

    void what_was_proposed_does_not_change() {
        const Proposal proposal = made();
        for (const char* forgery :
             {"update proposals set arguments = '{\"consumer\":\"other\"}'",
              "update proposals set command = 'cert.revoke'", "update proposals set proposer = 'sun'",
              "update proposals set expires = now() + interval '1 year'",
              "update proposals set state = 'approved', decided_by = 'li', decided = now()",
              "delete from proposals"})
            CPPUNIT_ASSERT_MESSAGE(forgery, try_sql(forgery).has_error());
        // Who owns the database can take the triggers and the constraints away: the digest still does not
        // fit.
        sql("alter table proposals disable trigger proposals_keep");
        sql("alter table proposals drop constraint proposals_check");
        sql("update proposals set arguments = '{\"consumer\":\"other\"}'");
        CPPUNIT_ASSERT(run(access_->proposals.find(proposal.id)).error().code == ErrorCode::corrupt);
    }

    void an_expired_one_is_not_decided() {
        const Proposal proposal = made(std::chrono::seconds(0));
        const Proposal late = run(access_->proposals.find(proposal.id)).value();
        CPPUNIT_ASSERT_EQUAL(std::string("expired"), late.state);
        CPPUNIT_ASSERT(run(access_->proposals.decide(proposal.id, "approved", "sun")).error().code ==
                       ErrorCode::conflict);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProposalsTest);

}  // namespace
}  // namespace hutong::security
