// Who may give which command: every row of the table by every role and by the owner, and who may be the
// second.
#include "gateway/main/admin/admission.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace hutong;
using namespace hutong::admin;
using security::Officer;
using security::Role;

class AdmissionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AdmissionTest);
    CPPUNIT_TEST(an_officer_is_held_to_his_duty);
    CPPUNIT_TEST(the_owner_before_and_after_the_separation);
    CPPUNIT_TEST(nobody_over_the_network_is_the_owner);
    CPPUNIT_TEST(an_unready_account_mends_itself_only);
    CPPUNIT_TEST(reserved_arguments);
    CPPUNIT_TEST(every_way_to_a_certificate_is_one_choice);
    CPPUNIT_TEST(two_persons);
    CPPUNIT_TEST(what_goes_online_needs_another);
    CPPUNIT_TEST_SUITE_END();

    static Caller by(Role role, std::string unready = {}) {
        Caller caller;
        caller.officer = Officer{"x", role, std::move(unready)};
        return caller;
    }
    static const Command& row(std::string_view name) { return *find_command(name); }
    static bool admitted(const Command& command, const Caller& caller, Circumstances now = {true, false}) {
        return admit(command, {}, caller, now).has_value();
    }

  public:
    void an_officer_is_held_to_his_duty() {
        for (const Command& command : command_table())
            for (const Role role : security::all_roles)
                for (const bool separated : {false, true})
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(command.name),
                                                 command.duty.has(role) || is_anybodys(command),
                                                 admitted(command, by(role), {separated, false}));
    }

    void the_owner_before_and_after_the_separation() {
        for (const Command& command : command_table()) {
            const std::string name(command.name);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, !is_about_oneself(command),
                                         admitted(command, Caller(), {false, false}));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, is_anybodys(command) || is_owners(command),
                                         admitted(command, Caller(), {true, false}));
        }
    }

    void nobody_over_the_network_is_the_owner() {
        Caller nobody;
        nobody.channel = security::Channel::api;
        for (const Command& command : command_table())
            CPPUNIT_ASSERT_MESSAGE(std::string(command.name), !admitted(command, nobody, {false, false}));
    }

    void an_unready_account_mends_itself_only() {
        const Caller unready = by(Role::security, "set a password first");
        CPPUNIT_ASSERT(admitted(row("me.password"), unready));
        CPPUNIT_ASSERT(admitted(row("me.totp"), unready));
        CPPUNIT_ASSERT(!admitted(row("cert.issue"), unready));
        CPPUNIT_ASSERT(!admitted(row("org.list"), unready));
    }

    void reserved_arguments() {
        const json::object weak{{"org", "gs"}, {"policy", "plain"}};
        CPPUNIT_ASSERT(admit(row("service.publish"), weak, by(Role::system), {true, false}).has_error());
        CPPUNIT_ASSERT(admit(row("service.publish"), {{"org", "gs"}}, by(Role::system), {true, false}));
        const json::object journal{{"org", "gs"}, {"journal", "none"}};
        CPPUNIT_ASSERT(admit(row("service.publish"), journal, by(Role::system), {true, false}).has_error());
        CPPUNIT_ASSERT(
            admit(row("service.publish"), {{"journal", nullptr}}, by(Role::system), {true, false}));
    }

    // Who could bind or issue one for himself by another command would not need the second person.
    void every_way_to_a_certificate_is_one_choice() {
        const std::vector<std::string> ways{"consumer.certificate", "cert.issue", "cert.renew",
                                            "cert.approve",         "ca.add",     "ca.sign",
                                            "security-key.make",    "node.invite"};
        for (const std::string& way : ways) {
            CPPUNIT_ASSERT(row(way).duty == by_security && row(way).second == Second::may);
            CPPUNIT_ASSERT(chosen_with(row(way)) == ways);
        }
        for (const char* way : {"grant", "grant.accept"})
            CPPUNIT_ASSERT(chosen_with(row(way)) == (std::vector<std::string>{"grant", "grant.accept"}));
        CPPUNIT_ASSERT(chosen_with(row("ungrant")) == std::vector<std::string>{"ungrant"});
        for (const Parameter& parameter : parameters_of(row("consumer.add").takes))
            CPPUNIT_ASSERT_MESSAGE(parameter.name, parameter.name.find("certificate") == std::string::npos);
    }

    void two_persons() {
        const auto way = [](std::string_view name, Role role, bool chosen) {
            return admit(row(name), {}, by(role), {true, chosen}).value();
        };
        CPPUNIT_ASSERT(way("grant", Role::security, false) == Way::run);
        CPPUNIT_ASSERT(way("grant", Role::security, true) == Way::propose);
        CPPUNIT_ASSERT(way("officers.add", Role::system, false) == Way::propose);
        CPPUNIT_ASSERT(way("two-persons.off", Role::security, false) == Way::propose);

        const Officer li{"li", Role::security, {}}, sun{"sun", Role::security, {}};
        const Officer wang{"wang", Role::system, {}}, zhao{"zhao", Role::auditor, {}};
        const auto may = [](std::string_view name, const Officer& first, const Officer& second) {
            return may_approve(row(name), {}, first, second).has_value();
        };
        CPPUNIT_ASSERT(may("grant", li, sun));
        CPPUNIT_ASSERT(!may("grant", li, li));
        CPPUNIT_ASSERT(!may("grant", li, wang));
        CPPUNIT_ASSERT(!may("grant", li, zhao));
        CPPUNIT_ASSERT(!may("grant", wang, li));  // the first has lost the duty
        CPPUNIT_ASSERT(!may("officers.add", li, sun));
        CPPUNIT_ASSERT(may("officers.add", li, zhao));
        CPPUNIT_ASSERT(may("officers.add", wang, li));
        CPPUNIT_ASSERT(!may("officers.add", zhao, li));
        CPPUNIT_ASSERT(!may("grant", li, {"sun", Role::security, "set a password first"}));
        CPPUNIT_ASSERT(!may("grant", {"li", Role::security, "set a password first"}, sun));
        CPPUNIT_ASSERT(!may("officers.add", {"li", Role::security, "set a password first"}, zhao));
    }

    void what_goes_online_needs_another() {
        const Command& publish = row("service.publish");
        const auto way = [&](Role role, const json::object& arguments, bool approval) {
            return admit(publish, arguments, by(role), {false, false, approval}).value();
        };
        const json::object online{{"org", "gs"}}, draft{{"org", "gs"}, {"draft", true}};
        for (const Role role : {Role::system, Role::registrar, Role::publisher}) {
            CPPUNIT_ASSERT(way(role, online, true) == Way::propose);
            CPPUNIT_ASSERT(way(role, {{"draft", false}}, true) == Way::propose);
            CPPUNIT_ASSERT(way(role, {{"draft", nullptr}}, true) == Way::propose);
            CPPUNIT_ASSERT(way(role, draft, true) == Way::run);
            CPPUNIT_ASSERT(way(role, online, false) == Way::run);
        }
        CPPUNIT_ASSERT(admit(publish, online, Caller(), {false, false, true}).value() ==
                       Way::run);  // the owner

        const Officer chen{"chen", Role::publisher, {}, "gs"}, wang{"wang", Role::system, {}};
        const auto may = [&](const Officer& first, const Officer& second) {
            return may_approve(publish, online, first, second).has_value();
        };
        CPPUNIT_ASSERT(may(chen, {"zhou", Role::approver, {}, "gs"}));  // of which organisation: reach.hpp
        CPPUNIT_ASSERT(may(chen, {"li", Role::security, {}}));
        CPPUNIT_ASSERT(may(wang, {"li", Role::security, {}}));
        CPPUNIT_ASSERT(!may(chen, chen));
        CPPUNIT_ASSERT(!may(chen, {"zhou", Role::approver, "set a password first", "gs"}));
        for (const Role role :
             {Role::system, Role::auditor, Role::registrar, Role::publisher, Role::developer})
            CPPUNIT_ASSERT(!may(chen, {"sun", role, {}, ""}));
        // And none but an officer is the second where two of different roles are needed.
        CPPUNIT_ASSERT(may_approve(row("account.add"), {}, {"wu", Role::registrar, {}}, wang));
        for (const Role role : {Role::registrar, Role::publisher, Role::approver, Role::developer})
            for (const char* name : {"account.add", "officers.add"})
                CPPUNIT_ASSERT(may_approve(row(name), {}, wang, {"sun", role, {}, "gs"}).has_error());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AdmissionTest);
