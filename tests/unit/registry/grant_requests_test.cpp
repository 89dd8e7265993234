// Requests for grants: asked with a reason, decided once with a reason, and kept.
#include "registry/publication/grant_requests.hpp"

#include "fixture.hpp"

namespace hutong::registry {
namespace {

class GrantRequestsTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(GrantRequestsTest);
    CPPUNIT_TEST(accepting_gives_the_grant);
    CPPUNIT_TEST(refusing_and_withdrawing_give_none);
    CPPUNIT_TEST(a_decision_is_final);
    CPPUNIT_TEST(what_cannot_be_asked_for);
    CPPUNIT_TEST(what_is_gone_cannot_be_accepted);
    CPPUNIT_TEST(nobody_accepts_his_own);
    CPPUNIT_TEST(requests_are_found);
    CPPUNIT_TEST(the_record_stays);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
        publish(request(contract()));
        requests_ = std::make_unique<GrantRequests>(*pool_, config::Wsdl{});
    }

    void accepting_gives_the_grant() {
        const GrantRequest asked = ask("GetCompany");
        CPPUNIT_ASSERT(asked.state == "waiting" && asked.consumer_org == "gs" && asked.reason == "taxes");
        CPPUNIT_ASSERT(asked.asked_by == "li" && asked.decision.empty() && !asked.decided);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, grants());
        const auto before = generation();
        const GrantRequest done = run(requests_->accept(asked.id, "agreed", By{"wang", "wang"})).value();
        CPPUNIT_ASSERT(done.state == "accepted" && done.decision == "agreed" && done.decided_by == "wang");
        CPPUNIT_ASSERT(done.decided && done.reason == "taxes");
        CPPUNIT_ASSERT_EQUAL(before + 1, generation());
        const auto given = run(publication_->grants("ds-tax")).value();
        CPPUNIT_ASSERT(given.size() == 1 && given[0].operation == "GetCompany");
    }

    void refusing_and_withdrawing_give_none() {
        const auto before = generation();
        CPPUNIT_ASSERT(
            run(requests_->refuse(ask("").id, "no law says so", By{"wang", "wang"})).value().state ==
            "refused");
        CPPUNIT_ASSERT(run(requests_->withdraw(ask("").id, "needed no more", By{"li", "li"})).value().state ==
                       "withdrawn");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, grants());
        CPPUNIT_ASSERT_EQUAL(before, generation());
        ask("");  // what was refused may be asked for again
    }

    void a_decision_is_final() {
        const std::string id = ask("").id;
        CPPUNIT_ASSERT(run(requests_->accept(id, "", By{"wang", "wang"})).error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT(run(requests_->accept(id, " ", By{"wang", "wang"})).error().code ==
                       ErrorCode::invalid);
        run(requests_->refuse(id, "no", By{"wang", "wang"})).value();
        for (const auto how : {&GrantRequests::accept, &GrantRequests::refuse, &GrantRequests::withdraw}) {
            const Error error = run((*requests_.*how)(id, "again", By{"zhao", "zhao"})).error();
            CPPUNIT_ASSERT(error.code == ErrorCode::conflict);
            CPPUNIT_ASSERT(error.detail.find("wang") != std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, grants());
        CPPUNIT_ASSERT(run(requests_->accept("none", "x", By{"y", "y"})).error().code ==
                       ErrorCode::not_found);
    }

    void what_cannot_be_asked_for() {
        const auto code = [this](Grant grant, std::string reason = "x") {
            return run(requests_->ask(std::move(grant), std::move(reason), By{"li", "li"})).error().code;
        };
        CPPUNIT_ASSERT(code({"nobody", "gs/company", ""}) == ErrorCode::not_found);
        CPPUNIT_ASSERT(code({"ds-tax", "gs/none", ""}) == ErrorCode::not_found);
        CPPUNIT_ASSERT(code({"ds-tax", "company", ""}) == ErrorCode::invalid);
        CPPUNIT_ASSERT(code({"ds-tax", "gs/company", "GetCompony"}) == ErrorCode::not_found);
        CPPUNIT_ASSERT(code({"ds-tax", "gs/company", ""}, "") == ErrorCode::invalid);
        CPPUNIT_ASSERT(code({"ds-tax", "gs/company", ""}, std::string(501, 'x')) == ErrorCode::invalid);
        ask("GetCompany");
        CPPUNIT_ASSERT(code({"ds-tax", "gs/company", "GetCompany"}) == ErrorCode::conflict);
        run(publication_->grant({"ds-tax", "gs/company", ""})).value();
        CPPUNIT_ASSERT(code({"ds-tax", "gs/company", "ListCompanies"}) == ErrorCode::conflict);
    }

    void what_is_gone_cannot_be_accepted() {
        const std::string id = ask("GetCompany").id;
        publish(request(contract("FindCompany")));
        CPPUNIT_ASSERT(run(requests_->accept(id, "agreed", By{"wang", "wang"})).error().code ==
                       ErrorCode::not_found);
        CPPUNIT_ASSERT(list({}).front().state == "waiting");
        run(requests_->refuse(id, "it is gone", By{"wang", "wang"})).value();
    }

    void nobody_accepts_his_own() {
        const std::string id = ask("").id;
        CPPUNIT_ASSERT(run(requests_->accept(id, "mine", By{"li", "li"})).error().code == ErrorCode::refused);
        CPPUNIT_ASSERT(list({}).front().state == "waiting");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, grants());
        CPPUNIT_ASSERT(run(requests_->accept(id, "the owner's", By{"uid 0", ""})).has_value());
    }

    void requests_are_found() {
        run(publication_->add_consumer({"hall", "gs", std::nullopt, {}})).value();
        const std::string first = ask("GetCompany").id;
        const std::string second = ask("ListCompanies").id;
        run(requests_->ask({"hall", "gs/company", ""}, "one-stop", By{"li", "li"})).value();
        run(requests_->refuse(first, "no", By{"wang", "wang"})).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, list({}).size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, list({"ds-tax", "", ""}).size());
        CPPUNIT_ASSERT(list({"ds-tax", "gs/company", "waiting"}).front().id == second);
        CPPUNIT_ASSERT(list({"", "gs/other", ""}).empty());
        CPPUNIT_ASSERT(run(requests_->list({"", "", "lost"})).error().code == ErrorCode::invalid);
    }

    void the_record_stays() {
        run(requests_->refuse(ask("").id, "no", By{"wang", "wang"})).value();
        for (const char* text : {"delete from grant_requests", "update grant_requests set decision = 'yes'",
                                 "update grant_requests set state = 'waiting', decision = null, decided_by = "
                                 "null, decided = null"})
            CPPUNIT_ASSERT_MESSAGE(text, run(pool_->query(text)).error().code == ErrorCode::conflict);
    }

  private:
    GrantRequest ask(const std::string& operation) {
        return run(requests_->ask({"ds-tax", "gs/company", operation}, "taxes", By{"li", "li"})).value();
    }
    std::vector<GrantRequest> list(GrantRequestFilter filter) {
        return run(requests_->list(std::move(filter))).value();
    }
    std::int64_t grants() { return number("select count(*) from grants"); }

    std::unique_ptr<GrantRequests> requests_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(GrantRequestsTest);

}  // namespace
}  // namespace hutong::registry
