// Edits of services that meet: what is refused, and what an edit says of what it replaced; on a real
// database.
#include "fixture.hpp"
#include "registry/lifecycle/service_life.hpp"
#include "registry/publication/uddi/views.hpp"
#include "registry/store/revisions.hpp"

namespace hutong::registry {

class EditsTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(EditsTest);
    CPPUNIT_TEST(who_has_seen_another_revision_is_told_what_changed_and_by_whom);
    CPPUNIT_TEST(who_said_nothing_is_told_what_he_replaced);
    CPPUNIT_TEST(of_each_part_the_last_one_counts);
    CPPUNIT_TEST(one_s_own_and_what_nobody_is_known_of_is_not_told);
    CPPUNIT_TEST(endpoints_that_go_with_something_else_are_told);
    CPPUNIT_TEST(a_step_replaces_an_announced_end_and_no_state);
    CPPUNIT_TEST(where_it_is_asked_for_nothing_is_edited_unseen);
    CPPUNIT_TEST_SUITE_END();

    std::unique_ptr<ServiceLife> life_;

  public:
    void setUp() override {
        RegistryFixture::setUp();
        run(uddi::complete_views(*pool_, config::Wsdl{})).value();
        add_people();
        life_ = std::make_unique<ServiceLife>(*pool_, config::Wsdl{}, blocking_);
    }

  private:
    static Edit by(const std::string& name, const std::string& seen = "") { return {name, seen}; }
    static Edit strict(const std::string& name, const std::string& seen = "") { return {name, seen, true}; }
    PublishOutcome publish_as(Edit edit, const std::string& operation = "GetCompany") {
        PublishRequest wanted = request(contract(operation));
        wanted.edit = std::move(edit);
        wanted.accept_breaking = true;
        return publish(wanted);
    }
    Result<EditedService> set_policy(Edit edit, const std::string& document) {
        return run(publication_->change_policy("gs/company", document, "--set", std::move(edit)));
    }
    Result<EditedService> set_validation(Edit edit, bool validate) {
        ServiceSettings settings;
        settings.validate = validate;
        return run(publication_->change_settings("gs/company", settings, std::move(edit)));
    }
    Result<LifeOutcome> step(Edit edit, const std::string& command,
                             const std::string& ends = "2099-01-01T00:00:00Z") {
        LifeChange change;
        change.service = "gs/company";
        change.command = command;
        change.reason = "a test";
        change.edit = std::move(edit);
        if (command == "deprecate") change.ends = parse_utc(ends).value();
        return run(life_->change(std::move(change)));
    }
    static std::string text(const std::optional<Replaced>& replaced) {
        if (!replaced) return "nothing";
        std::string all = replaced->by + " " + replaced->revision;
        for (const std::string& part : replaced->parts) all += " " + part;
        return all;
    }

    void who_has_seen_another_revision_is_told_what_changed_and_by_whom() {
        const std::string seen = publish_as(by("li")).revision;
        CPPUNIT_ASSERT_EQUAL(std::string("1"), seen);
        set_policy(by("wu"), "request.freshness = 60").value();
        set_validation(by("sun"), false).value();
        const auto late = set_policy(by("li", seen), "request.freshness = 90");
        CPPUNIT_ASSERT(late.has_error() && is_stale(late.error()));
        CPPUNIT_ASSERT_MESSAGE(
            late.error().detail,
            late.error().detail.find("changed since: policy, validate, by sun, wu") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("4"),
                             set_policy(by("li", "3"), "request.freshness = 90").value().revision);
    }

    void who_said_nothing_is_told_what_he_replaced() {
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), text(publish_as(by("li")).replaced));
        const auto edited = set_policy(by("wu"), "request.freshness = 60").value();
        CPPUNIT_ASSERT_EQUAL(std::string("li 1 policy"), text(edited.replaced));
        CPPUNIT_ASSERT_EQUAL(std::string("2"), edited.revision);
        CPPUNIT_ASSERT(parse_utc(edited.replaced->at).has_value());
        CPPUNIT_ASSERT_EQUAL(std::string("li 1 version"), text(publish_as(by("wu"), "Other").replaced));
        CPPUNIT_ASSERT_EQUAL(std::string("wu 3 version"), text(publish_as(by("li"), "Third").replaced));
        // He has said what he has seen: nothing happens behind his back.
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), text(publish_as(by("wu", "4"), "Fourth").replaced));
    }

    void of_each_part_the_last_one_counts() {
        publish_as(by("li"));
        set_validation(by("wu"), false).value();
        // Another's edit of another part lies between; whoever changed both parts is told of both.
        set_policy(by("li"), "request.freshness = 60").value();
        CPPUNIT_ASSERT_EQUAL(std::string("wu 2 validate"),
                             text(set_validation(by("li"), true).value().replaced));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), text(set_validation(by("li"), false).value().replaced));
        PublishRequest both = request(contract());
        both.validate = true;
        both.policy_document = "request.freshness = 90";
        both.edit = by("sun");
        CPPUNIT_ASSERT_EQUAL(std::string("li 5 validate policy"), text(publish(both).replaced));
    }

    void one_s_own_and_what_nobody_is_known_of_is_not_told() {
        publish_as(by(""));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), text(set_validation(by("li"), false).value().replaced));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), text(set_validation(by("li"), true).value().replaced));
        // Of two alike the second changes nothing, and so replaces nothing.
        const auto again = set_validation(by("wu"), true).value();
        CPPUNIT_ASSERT_EQUAL(std::string("nothing 3"), text(again.replaced) + " " + again.revision);
    }

    // A new contract brings addresses of its own.
    void endpoints_that_go_with_something_else_are_told() {
        publish_as(by("li"));
        PublishRequest moved = request(contract());
        moved.endpoints = {"https://b.example/x"};
        moved.edit = by("wu");
        CPPUNIT_ASSERT_EQUAL(std::string("li 1 endpoints"), text(publish(moved).replaced));
        CPPUNIT_ASSERT_EQUAL(std::string("wu 2 endpoints version"),
                             text(publish_as(by("sun"), "Other").replaced));
    }

    void a_step_replaces_an_announced_end_and_no_state() {
        publish_as(by("li"));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), text(step(by("wu"), "deprecate").value().replaced));
        CPPUNIT_ASSERT_EQUAL(std::string("wu 2 ends"), text(step(by("li"), "online").value().replaced));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), text(step(by("wu"), "offline").value().replaced));
    }

    void where_it_is_asked_for_nothing_is_edited_unseen() {
        publish_as(strict("li"));
        const auto before = generation();
        for (const Error& error :
             {set_policy(strict("li"), "request.freshness = 60").error(),
              set_validation(strict("li"), false).error(), step(strict("li"), "offline").error()}) {
            CPPUNIT_ASSERT_MESSAGE(error.detail, is_unseen(error) && !is_stale(error));
            CPPUNIT_ASSERT(error.detail.find("revision 1") != std::string::npos);
        }
        PublishRequest again = request(contract("Other"));
        again.edit = strict("li");
        CPPUNIT_ASSERT(is_unseen(publish_error(again)));
        CPPUNIT_ASSERT_EQUAL(before, generation());
        CPPUNIT_ASSERT_EQUAL(std::string("2"), publish_as(strict("li", "1"), "Other").revision);
        CPPUNIT_ASSERT(step(strict("li", "2"), "offline").has_value());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EditsTest);

}  // namespace hutong::registry
