// Accounts: one name, one role, for ever, whoever writes the rows.
#include "access_fixture.hpp"

namespace hutong::security {
namespace {

class AccountsTest : public AccessFixture {
    CPPUNIT_TEST_SUITE(AccountsTest);
    CPPUNIT_TEST(no_account_holds_two_roles);
    CPPUNIT_TEST(a_reset_takes_everything_away);
    CPPUNIT_TEST(a_code_confirms_the_secret_it_was_made_with);
    CPPUNIT_TEST(roles_without_officer);
    CPPUNIT_TEST(an_agencys_account_is_of_one_organisation);
    CPPUNIT_TEST_SUITE_END();

  public:
    void no_account_holds_two_roles() {
        add("li", Role::security);
        CPPUNIT_ASSERT(run(access_->accounts.add("li", Role::auditor, "$scrypt$")).error().code ==
                       ErrorCode::conflict);
        for (const char* forgery :
             {"insert into officers (name, role) values ('li', 'auditor')",
              "update officers set role = 'auditor' where name = 'li'",
              "update officers set name = 'sun' where name = 'li'", "delete from officers where name = 'li'",
              "insert into officers (name, role) values ('sun', 'security,auditor')",
              "insert into officers (name, role) values ('sun', 'root')",
              "insert into officers (name, role) values ('sun', 'publisher')",
              "update officers set org = 'gs' where name = 'li'"})
            CPPUNIT_ASSERT_MESSAGE(forgery, try_sql(forgery).has_error());
        for (const char* bad : {"", "Li", "li li", "../li"})
            CPPUNIT_ASSERT(run(access_->accounts.add(bad, Role::auditor, "$scrypt$")).error().code ==
                           ErrorCode::invalid);
    }

    void a_reset_takes_everything_away() {
        add("li", Role::security);
        const TimePoint now = system_clock().now();
        const BoundCertificate certificate{std::string(64, 'a'), now, now + std::chrono::hours(1)};
        run(access_->accounts.bind_certificate("li", certificate)).value();
        run(access_->accounts.reset("li", "$scrypt$x")).value();
        const Account account = run(access_->accounts.find("li")).value();
        CPPUNIT_ASSERT(account.temporary && !account.totp && account.certificate.empty());
        CPPUNIT_ASSERT(!run(access_->accounts.officer("li")).value().unready.empty());
        CPPUNIT_ASSERT(run(access_->accounts.reset("nobody", "$scrypt$x")).error().code ==
                       ErrorCode::not_found);
    }

    void a_code_confirms_the_secret_it_was_made_with() {
        add("li", Role::security, false);
        const Bytes first{1, 2, 3}, second{4, 5, 6};
        run(access_->accounts.begin_totp("li", first)).value();
        run(access_->accounts.begin_totp("li", second)).value();
        CPPUNIT_ASSERT(run(access_->accounts.confirm_totp("li", 0, first)).error().code ==
                       ErrorCode::conflict);
        CPPUNIT_ASSERT(!run(access_->accounts.find("li")).value().totp);
        run(access_->accounts.confirm_totp("li", 0, second)).value();
        CPPUNIT_ASSERT(run(access_->accounts.find("li")).value().totp);
    }

    void roles_without_officer() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, run(access_->accounts.roles_without_officer()).value().size());
        add("wang", Role::system);
        add("zhao", Role::auditor, false);
        const auto missing = run(access_->accounts.roles_without_officer()).value();
        CPPUNIT_ASSERT(missing == (std::vector{Role::security, Role::auditor}));
    }

    void an_agencys_account_is_of_one_organisation() {
        const auto add_as = [this](const char* name, Role role, const char* org) {
            return run(access_->accounts.add(name, role, "$scrypt$", org));
        };
        CPPUNIT_ASSERT(add_as("chen", Role::publisher, "gs").error().code == ErrorCode::not_found);
        sql("insert into organisations (id, name) values ('gs', '工商'), ('tax', '税务')");
        CPPUNIT_ASSERT(!run(access_->accounts.agencies_have_some()).value());
        for (const Role role : security::agency_roles)
            CPPUNIT_ASSERT(add_as("chen", role, "").error().code == ErrorCode::invalid);
        for (const Role role : {Role::system, Role::security, Role::auditor, Role::registrar})
            CPPUNIT_ASSERT(add_as("chen", role, "gs").error().code == ErrorCode::invalid);
        CPPUNIT_ASSERT(add_as("chen", Role::publisher, "gs").has_value());
        CPPUNIT_ASSERT(add_as("chen", Role::publisher, "tax").error().code == ErrorCode::conflict);
        for (const char* forgery :
             {"update officers set org = 'tax' where name = 'chen'",
              "update officers set org = null, role = 'security' where name = 'chen'",
              "insert into officers (name, role, org) values ('x', 'security', 'gs')",
              "insert into officers (name, role, org) values ('x', 'approver', 'none')"})
            CPPUNIT_ASSERT_MESSAGE(forgery, try_sql(forgery).has_error());
        CPPUNIT_ASSERT_EQUAL(std::string("gs"), run(access_->accounts.officer("chen")).value().org);
        CPPUNIT_ASSERT(run(access_->accounts.agencies_have_some()).value());
        // The only one of its role may be disabled: officers can undo that.
        CPPUNIT_ASSERT(run(access_->accounts.disable("chen")).has_value());
        CPPUNIT_ASSERT(!run(access_->accounts.agencies_have_some()).value());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, run(access_->accounts.roles_without_officer()).value().size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountsTest);

}  // namespace
}  // namespace hutong::security
