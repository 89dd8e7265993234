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
              "insert into officers (name, role) values ('sun', 'root')"})
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
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountsTest);

}  // namespace
}  // namespace hutong::security
