// Which organisation a command touches, by its row, and whom it is closed to.
#include "gateway/main/admin/reach.hpp"

#include <algorithm>

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using namespace hutong::admin;
using security::Officer;
using security::Role;

class ReachTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReachTest);
    CPPUNIT_TEST(every_row_of_an_agency_names_its_subject);
    CPPUNIT_TEST(an_account_reaches_its_own_organisation);
    CPPUNIT_TEST(others_reach_all);
    CPPUNIT_TEST(what_the_arguments_lead_to);
    CPPUNIT_TEST(its_own_is_meant_where_none_is_named);
    CPPUNIT_TEST(nobody_offers_and_approves);
    CPPUNIT_TEST(the_registrar_has_no_officers_power);
    CPPUNIT_TEST_SUITE_END();

    using Names = std::vector<std::string>;
    static const Command& row(std::string_view name) { return *find_command(name); }
    static bool reaches(std::string_view name, const Officer& who, const Names& touched) {
        return check_reach(row(name), who, touched).has_value();
    }
    static bool is_agencys(const Command& command) {
        return std::ranges::any_of(security::agency_roles, [&](Role role) { return command.duty.has(role); });
    }
    const Officer chen_{"chen", Role::publisher, {}, "gs"};

  public:
    void every_row_of_an_agency_names_its_subject() {
        for (const Command& command : command_table()) {
            const std::string name(command.name);
            CPPUNIT_ASSERT_MESSAGE(name, !is_agencys(command) || command.subject != Subject::unnamed);
            const auto takes = [&](std::string_view argument) {
                return std::ranges::any_of(parameters_of(command.takes),
                                           [&](const Parameter& one) { return one.name == argument; });
            };
            // The argument that it is found by is one of the row's.
            const bool found = command.subject == Subject::org        ? takes("org")
                               : command.subject == Subject::service  ? takes("service")
                               : command.subject == Subject::consumer ? takes("consumer")
                               : command.subject == Subject::either   ? takes("service") && takes("consumer")
                               : command.subject >= Subject::asker    ? takes("id")
                                                                      : true;
            CPPUNIT_ASSERT_MESSAGE(name, found);
        }
    }

    void an_account_reaches_its_own_organisation() {
        for (const Command& command : command_table()) {
            if (!is_agencys(command) || command.subject == Subject::nobodys) continue;
            const std::string name(command.name);
            CPPUNIT_ASSERT_MESSAGE(name, reaches(name, chen_, {"gs"}));
            CPPUNIT_ASSERT_MESSAGE(name, reaches(name, chen_, {"tax", "gs"}));
            for (const Names& others : {Names{}, Names{"tax"}, Names{""}, Names{"GS"}, Names{"gs/company"}})
                CPPUNIT_ASSERT_MESSAGE(name, !reaches(name, chen_, others));
            // An account that somebody robbed of its organisation reaches nothing.
            CPPUNIT_ASSERT_MESSAGE(name, !reaches(name, {"x", Role::publisher, {}, ""}, {""}));
        }
        CPPUNIT_ASSERT(reaches("me", chen_, {}));
        // The same words for what is another's and for what there is not.
        CPPUNIT_ASSERT(check_reach(row("service.show"), chen_, {"tax"}).error().detail ==
                       check_reach(row("service.show"), chen_, {}).error().detail);
    }

    void others_reach_all() {
        for (const Role role : {Role::system, Role::security, Role::auditor, Role::registrar})
            CPPUNIT_ASSERT(reaches("service.show", {"x", role, {}, ""}, {"tax"}));
    }

    void what_the_arguments_lead_to() {
        const auto named = [](std::string_view name, const json::object& arguments) {
            return leads_of(row(name), arguments).organisations;
        };
        CPPUNIT_ASSERT(named("service.submit", {{"service", "gs/company"}}) == Names{"gs"});
        CPPUNIT_ASSERT(named("service.submit", {{"service", "company"}}).empty());
        CPPUNIT_ASSERT(named("service.submit", {{"service", "/company"}}).empty());
        CPPUNIT_ASSERT(named("service.submit", {{"service", "gs/a"}, {"org", "tax"}}) == Names{"gs"});
        CPPUNIT_ASSERT(named("service.publish", {{"org", "gs"}, {"name", "tax/x"}}) == Names{"gs"});
        CPPUNIT_ASSERT(named("grant.request", {{"consumer", "hall"}, {"service", "gs/company"}}).empty());
        CPPUNIT_ASSERT(leads_of(row("grant.request"), {{"consumer", "hall"}}).consumer == "hall");
        CPPUNIT_ASSERT(leads_of(row("grant.accept"), {{"id", "7"}}).request == "7");
        CPPUNIT_ASSERT(leads_of(row("proposals.approve"), {{"id", "7"}}).proposal == "7");
        const Leads both = leads_of(row("meter"), {{"consumer", "hall"}, {"service", "gs/company"}});
        CPPUNIT_ASSERT(both.organisations == Names{"gs"} && both.consumer == "hall");
        CPPUNIT_ASSERT(named("meter", {{"service", nullptr}}).empty());
    }

    void its_own_is_meant_where_none_is_named() {
        const auto meant = [this](std::string_view name, json::object arguments) {
            mean_own_organisation(row(name), chen_, arguments);
            const json::value* org = arguments.if_contains("org");
            return org && org->is_string() ? std::string(org->get_string()) : std::string();
        };
        CPPUNIT_ASSERT_EQUAL(std::string("gs"), meant("service.list", {}));
        CPPUNIT_ASSERT_EQUAL(std::string("gs"), meant("service.list", {{"org", nullptr}}));
        CPPUNIT_ASSERT_EQUAL(std::string("tax"), meant("service.list", {{"org", "tax"}}));  // and is refused
        CPPUNIT_ASSERT_EQUAL(std::string(), meant("service.publish", {}));
        CPPUNIT_ASSERT_EQUAL(std::string(), meant("service.submit", {}));
    }

    void nobody_offers_and_approves() {
        for (const Role role : security::all_roles) {
            CPPUNIT_ASSERT(!(row("service.submit").duty.has(role) && row("service.approve").duty.has(role)));
            CPPUNIT_ASSERT(!(row("service.publish").duty.has(role) && row("service.approve").duty.has(role)));
        }
        for (const Role role : security::agency_roles)
            CPPUNIT_ASSERT(!(row("grant.request").duty.has(role) && row("grant.accept").duty.has(role)));
    }

    void the_registrar_has_no_officers_power() {
        for (const char* kept : {"grant", "grant.accept", "ungrant", "service.approve", "officers.add",
                                 "officers.disable", "cert.issue", "two-persons.on", "proposals.approve",
                                 "audit.list", "publisher.add", "consumer.certificate", "trust.add"})
            CPPUNIT_ASSERT_MESSAGE(kept, !row(kept).duty.has(Role::registrar));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReachTest);
