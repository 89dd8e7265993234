// The life of a service: its table of steps, its history, and those who would be left without it.
#include "registry/lifecycle/service_life.hpp"

#include "fixture.hpp"

namespace hutong::registry {
namespace {

using enum ServiceStatus;

class ServiceLifeTest : public RegistryFixture {
    CPPUNIT_TEST_SUITE(ServiceLifeTest);
    CPPUNIT_TEST(the_table_is_walked_and_nothing_else);
    CPPUNIT_TEST(publishing_records_every_step_of_the_shortcut);
    CPPUNIT_TEST(a_draft_goes_its_way_and_is_seen_only_when_online);
    CPPUNIT_TEST(what_was_given_up_comes_back_by_the_security_officer);
    CPPUNIT_TEST(what_is_online_is_no_draft);
    CPPUNIT_TEST(a_deprecation_has_an_end_and_can_be_taken_back);
    CPPUNIT_TEST(orphans_are_named_before_they_are_made);
    CPPUNIT_TEST(an_end_leaves_consumers_their_time);
    CPPUNIT_TEST(consumers_are_warned);
    CPPUNIT_TEST(the_history_only_grows);
    CPPUNIT_TEST(ends_are_days_or_times);
    CPPUNIT_TEST_SUITE_END();

  public:
    void setUp() override {
        RegistryFixture::setUp();
        add_people();
        life_ = std::make_unique<ServiceLife>(*pool_, config::Wsdl{}, blocking_);
    }

    void the_table_is_walked_and_nothing_else() {
        for (const auto from : {draft, submitted, approved, online, deprecated, offline})
            for (const char* command :
                 {"submit", "approve", "refuse", "online", "deprecate", "offline", "fly"}) {
                const auto step = step_from(from, true, command, "gs/company");
                if (step.has_value()) {
                    CPPUNIT_ASSERT(step->from == from);
                    continue;
                }
                CPPUNIT_ASSERT(step.error().code == ErrorCode::conflict);
                CPPUNIT_ASSERT(step.error().detail.find(to_string(from)) != std::string::npos);
            }
        CPPUNIT_ASSERT(step_from(submitted, false, "approve", "x").value().to == approved);
        CPPUNIT_ASSERT(step_from(draft, true, "online", "x").has_error());
        CPPUNIT_ASSERT(step_from(draft, true, "approve", "x").has_error());
        CPPUNIT_ASSERT(step_from(offline, true, "deprecate", "x").has_error());
        CPPUNIT_ASSERT(step_from(offline, true, "online", "x").has_value());
        CPPUNIT_ASSERT(step_from(offline, false, "online", "x").has_error());
        CPPUNIT_ASSERT(way_online(draft, false) == (std::vector{submitted, approved, online}));
        CPPUNIT_ASSERT(way_online(approved, false) == std::vector{online});
        CPPUNIT_ASSERT(way_online(offline, true) == std::vector{online});
        CPPUNIT_ASSERT(way_online(offline, false) == (std::vector{submitted, approved, online}));
        CPPUNIT_ASSERT(way_online(deprecated, false).empty());
    }

    void publishing_records_every_step_of_the_shortcut() {
        PublishRequest wanted = request(contract());
        wanted.actor = "owner";
        wanted.reason = "at once";
        publish(wanted);
        CPPUNIT_ASSERT_EQUAL(std::string("- draft, draft submitted, submitted approved, approved online"),
                             story());
        publish(wanted);
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, run(life_->history("gs/company")).value().size());
        publish(request(contract("B")));
        const auto records = run(life_->history("gs/company")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, records.size());
        CPPUNIT_ASSERT(records[3].reason == "at once" && records[3].actor == "owner");
        CPPUNIT_ASSERT(records[4].version == 2 && records[4].from == online && records[4].to == online);
        run(life_->retire({"gs/company", "offline", "gone", "owner", "", {}, {}, true})).value();
        publish(request(contract("B")));
        CPPUNIT_ASSERT(story().ends_with("online offline, offline online"));
        CPPUNIT_ASSERT(run(life_->history("gs/none")).error().code == ErrorCode::not_found);
    }

    void a_draft_goes_its_way_and_is_seen_only_when_online() {
        PublishRequest wanted = request(contract());
        wanted.draft = true;
        publish(wanted);
        CPPUNIT_ASSERT(status() == draft && views() == 0);
        CPPUNIT_ASSERT(step_error("approve").code == ErrorCode::conflict);
        step("submit");
        CPPUNIT_ASSERT(step_error("refuse").code == ErrorCode::invalid);  // no reason
        step("refuse", "the address is wrong");
        CPPUNIT_ASSERT(status() == draft);
        wanted.endpoints = {"http://127.0.0.1:10/company"};
        publish(wanted);
        step("submit");
        publish(wanted);  // another draft in its place has to be submitted again
        CPPUNIT_ASSERT(status() == draft);
        step("submit");
        step("approve");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, views());
        step("online");
        CPPUNIT_ASSERT(status() == online && views() == 1);
        CPPUNIT_ASSERT(story().ends_with("draft submitted, submitted approved, approved online"));
    }

    // Whether it was never online, or is another draft of what was.
    void what_was_given_up_comes_back_by_the_security_officer() {
        PublishRequest wanted = request(contract());
        wanted.draft = true;
        publish(wanted);
        for (int round = 0; round < 2; ++round) {
            step("offline", "given up");
            CPPUNIT_ASSERT(step_error("online").detail.find("submit") != std::string::npos);
            step("submit");
            run(life_->retire({"gs/company", "offline", "gone", "owner", "", {}, {}, true})).value();
            CPPUNIT_ASSERT(status() == offline);
            step("submit");
            step("approve");
            step("offline", "given up again");
            CPPUNIT_ASSERT(step_error("online").code == ErrorCode::conflict);
            step("submit");
            step("approve");
            step("online");
            step("offline", "for a while");
            step("online");
            step("offline", "for longer");
            wanted = request(contract("B"));
            wanted.draft = true;
            publish(wanted);
        }
    }

    void what_is_online_is_no_draft() {
        publish(request(contract()));
        PublishRequest wanted = request(contract("B"));
        wanted.draft = true;
        CPPUNIT_ASSERT(publish_error(wanted).code == ErrorCode::conflict);
        wanted.draft = false;
        wanted.reason = std::string(longest_reason + 1, 'x');
        CPPUNIT_ASSERT(publish_error(wanted).code == ErrorCode::invalid);
    }

    void a_deprecation_has_an_end_and_can_be_taken_back() {
        publish(request(contract()));
        CPPUNIT_ASSERT(step_error("deprecate", "old").detail.find("--end") != std::string::npos);
        CPPUNIT_ASSERT(step_error("deprecate", "old", system_clock().now()).code == ErrorCode::invalid);
        CPPUNIT_ASSERT(step_error("offline", "gone", later()).code == ErrorCode::invalid);
        CPPUNIT_ASSERT(step_error("deprecate", "", later()).code == ErrorCode::invalid);
        const Service before = step("deprecate", "old", later()).service;
        CPPUNIT_ASSERT(before.deprecated && before.ends == later() && views() == 1);
        // A new version does not take the announcement back.
        publish(request(contract("B")));
        Service now = run(publication_->show("gs/company")).value().service;
        CPPUNIT_ASSERT(now.status == deprecated && now.ends == later() && now.version == 2);
        now = step("deprecate", "later still", later() + std::chrono::hours(24)).service;
        CPPUNIT_ASSERT(now.ends == later() + std::chrono::hours(24));
        step("online", "it is still needed");
        now = run(publication_->show("gs/company")).value().service;
        CPPUNIT_ASSERT(now.status == online && !now.deprecated && !now.ends);
        CPPUNIT_ASSERT(run(pool_->query("update services set status = 'deprecated'")).error().code ==
                       ErrorCode::invalid);
    }

    void orphans_are_named_before_they_are_made() {
        publish(request(contract()));
        run(publication_->grant({"ds-tax", "gs/company", ""})).value();
        const auto before = generation();
        CPPUNIT_ASSERT(step_error("offline", "gone").detail.find("ds-tax") != std::string::npos);
        step("deprecate", "old", later());
        CPPUNIT_ASSERT(step_error("offline").detail.find("ds-tax") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(before + 1, generation());
        // What was announced has come: nobody was promised more.
        sql("update services set deprecated = now() - interval '2 days', ends = now() - interval '1 day'");
        CPPUNIT_ASSERT(step("offline").consumers == std::vector<std::string>{"ds-tax"});
        CPPUNIT_ASSERT(views() == 0);
        step("online");
        LifeChange forced = change("offline", "an attack");
        forced.force = true;
        CPPUNIT_ASSERT(run(life_->change(forced)).value().service.status == offline);
    }

    void an_end_leaves_consumers_their_time() {
        publish(request(contract()));
        const TimePoint soon = system_clock().now() + std::chrono::days(6);
        step("deprecate", "nobody is there", soon);
        step("deprecate", "nor now", soon - std::chrono::days(1));
        step("online", "wanted again");
        run(publication_->grant({"ds-tax", "gs/company", ""})).value();
        CPPUNIT_ASSERT(step_error("deprecate", "old", soon).detail.find("ds-tax") != std::string::npos);
        step("deprecate", "old", later());
        const TimePoint earlier = later() - std::chrono::hours(1);
        CPPUNIT_ASSERT(step_error("deprecate", "old", earlier).detail.find("ds-tax") != std::string::npos);
        LifeChange forced = change("deprecate", "an attack", soon);
        forced.force = true;
        CPPUNIT_ASSERT(run(life_->change(forced)).value().service.ends == soon);
    }

    void consumers_are_warned() {
        publish(request(contract()));
        run(publication_->grant({"ds-tax", "gs/company", "ListCompanies"})).value();
        CPPUNIT_ASSERT(run(life_->warnings("ds-tax")).value().empty());
        step("deprecate", "old", later());
        auto warnings = run(life_->warnings("ds-tax")).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, warnings.size());
        CPPUNIT_ASSERT(warnings[0].service == "gs/company" && warnings[0].ends == later());
        CPPUNIT_ASSERT(warnings[0].reason == "old");
        CPPUNIT_ASSERT(warnings[0].operations == std::vector<std::string>{"ListCompanies"});
        run(publication_->grant({"ds-tax", "gs/company", ""})).value();
        warnings = run(life_->warnings("ds-tax")).value();
        CPPUNIT_ASSERT(warnings.size() == 1 && warnings[0].operations.empty());
        CPPUNIT_ASSERT(run(life_->warnings("nobody")).error().code == ErrorCode::not_found);
    }

    void the_history_only_grows() {
        publish(request(contract()));
        for (const char* text : {"update service_history set reason = 'x'", "delete from service_history"})
            CPPUNIT_ASSERT_MESSAGE(text, run(pool_->query(text)).error().code == ErrorCode::conflict);
    }

    void ends_are_days_or_times() {
        CPPUNIT_ASSERT_EQUAL(std::string("2031-02-03T00:00:00.000Z"),
                             format_utc(parse_day_or_time("end", "2031-02-03").value()));
        CPPUNIT_ASSERT_EQUAL(std::string("2031-02-02T16:00:00.000Z"),
                             format_utc(parse_day_or_time("end", "2031-02-03T00:00:00+08:00").value()));
        for (const char* bad : {"", "2031-02-30", "tomorrow", "2031-02-03T00:00:00", "2031-2-3"})
            CPPUNIT_ASSERT_MESSAGE(bad, parse_day_or_time("end", bad).has_error());
    }

  private:
    static TimePoint later() { return parse_utc("2099-01-31T00:00:00Z").value(); }

    static LifeChange change(std::string command, std::string reason = {},
                             std::optional<TimePoint> ends = {}) {
        LifeChange wanted;
        wanted.service = "gs/company";
        wanted.command = std::move(command);
        wanted.reason = std::move(reason);
        wanted.actor = "officer";
        wanted.ends = ends;
        return wanted;
    }

    LifeOutcome step(std::string command, std::string reason = {}, std::optional<TimePoint> ends = {}) {
        return run(life_->change(change(std::move(command), std::move(reason), ends))).value();
    }

    Error step_error(std::string command, std::string reason = {}, std::optional<TimePoint> ends = {}) {
        const auto before = run(life_->history("gs/company")).value().size();
        const auto done = run(life_->change(change(std::move(command), std::move(reason), ends)));
        CPPUNIT_ASSERT(done.has_error());
        CPPUNIT_ASSERT_EQUAL(before, run(life_->history("gs/company")).value().size());
        return done.error();
    }

    ServiceStatus status() { return run(publication_->show("gs/company")).value().service.status; }

    std::int64_t views() { return number("select count(*) from uddi_entities where kind = 'service'"); }

    std::string story() {
        std::string text;
        for (const ServiceRecord& record : run(life_->history("gs/company")).value())
            text += (text.empty() ? "" : ", ") + (record.from ? std::string(to_string(*record.from)) : "-") +
                    " " + std::string(to_string(record.to));
        return text;
    }

    std::unique_ptr<ServiceLife> life_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServiceLifeTest);

}  // namespace
}  // namespace hutong::registry
