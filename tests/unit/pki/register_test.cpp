// The register in a real PostgreSQL: what is issued, revoked and trusted, and that nodes are told.
#include "security/pki/register.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "pki_fixture.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

using namespace hutong;
using namespace hutong::security;
using namespace hutong::security::test;

class RegisterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RegisterTest);
    CPPUNIT_TEST(what_is_added_is_listed);
    CPPUNIT_TEST(revoking_makes_a_crl_and_raises_the_generation);
    CPPUNIT_TEST(a_refused_revocation_changes_nothing);
    CPPUNIT_TEST(crl_numbers_rise);
    CPPUNIT_TEST(trusted_cas_come_and_go);
    CPPUNIT_TEST_SUITE_END();

    PkiHome home_;
    asio::io_context context_;
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<CertificateRegister> register_;
    std::unique_ptr<Authority> authority_;

    template <class T>
    T wait(Awaitable<T> work) {
        return hutong::test::run(context_, std::move(work));
    }
    pg::Rows query(const std::string& sql) { return wait(pool_->query(sql, pg::Params())).value(); }
    std::int64_t generation() { return query("select generation from platform").integer(0, 0); }
    Issued add() {
        const Issued issued = home_.issue(*authority_);
        wait(register_->add(issued, "agency_signing", "")).value();
        return issued;
    }
    std::string crl_text() {
        home_.write("crl.der", as_text(query("select der from crls").bytes(0, 0)));
        return home_.shell(
            "openssl crl -inform DER -in crl.der -noout -text -verify -CAfile pki/issuing.pem");
    }

    static std::string capitals(std::string text) {
        for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return text;
    }

  public:
    void setUp() override {
        const std::string url = hutong::test::embedded_postgres().fresh_database(true);
        pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database(), url);
        register_ = std::make_unique<CertificateRegister>(*pool_);
        authority_ = home_.found();
    }
    void tearDown() override { pool_->close(); }

    void what_is_added_is_listed() {
        const auto before = generation();
        const Issued issued = add();
        CPPUNIT_ASSERT(generation() > before);
        const auto list = wait(register_->list()).value();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, list.size());
        CPPUNIT_ASSERT_EQUAL(issued.serial, list[0].serial);
        CPPUNIT_ASSERT_EQUAL(issued.thumbprint, list[0].thumbprint);
        CPPUNIT_ASSERT_EQUAL(issued.subject, list[0].subject);
        CPPUNIT_ASSERT_EQUAL(issued.pem, list[0].pem);
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), list[0].status);
        CPPUNIT_ASSERT(list[0].not_before == issued.not_before && list[0].not_after == issued.not_after);
        CPPUNIT_ASSERT(wait(register_->add(issued, "agency_signing", "")).error().code ==
                       ErrorCode::conflict);
        query(
            "update certificates set not_before = now() - interval '2 days', not_after = now() - interval '1 "
            "day'");
        CPPUNIT_ASSERT_EQUAL(std::string("expired"), wait(register_->list()).value()[0].status);
    }

    void revoking_makes_a_crl_and_raises_the_generation() {
        const Issued issued = add();
        const auto before = generation();
        std::string as_people_copy_it;
        for (std::size_t i = 0; i < issued.serial.size(); i += 2)
            as_people_copy_it += (i ? ":" : "") + issued.serial.substr(i, 2);
        wait(register_->revoke(as_people_copy_it, "keyCompromise", *authority_)).value();
        CPPUNIT_ASSERT(generation() > before);
        const auto list = wait(register_->list()).value();
        CPPUNIT_ASSERT_EQUAL(std::string("revoked"), list[0].status);
        CPPUNIT_ASSERT_EQUAL(std::string("keyCompromise"), list[0].reason);
        CPPUNIT_ASSERT(contains(crl_text(), capitals(issued.serial)));
    }

    void a_refused_revocation_changes_nothing() {
        const Issued issued = add();
        const auto before = generation();
        const auto unknown = wait(register_->revoke("7f", "superseded", *authority_));
        CPPUNIT_ASSERT(unknown.error().code == ErrorCode::not_found &&
                       contains(unknown.error().detail, "hutong cert list"));
        CPPUNIT_ASSERT(wait(register_->revoke(issued.serial, "lost", *authority_)).error().code ==
                       ErrorCode::invalid);
        CPPUNIT_ASSERT_EQUAL(before, generation());
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), wait(register_->list()).value()[0].status);
        wait(register_->revoke(issued.serial, "superseded", *authority_)).value();
        const auto again = wait(register_->revoke(issued.serial, "keyCompromise", *authority_));
        CPPUNIT_ASSERT(again.error().code == ErrorCode::conflict &&
                       contains(again.error().detail, "superseded"));
    }

    void crl_numbers_rise() {
        for (int number = 1; number <= 3; ++number) {
            wait(register_->renew_crl(*authority_)).value();
            CPPUNIT_ASSERT_EQUAL(std::int64_t{number},
                                 query("select number from crls where ca = 'issuing-1'").integer(0, 0));
        }
        CPPUNIT_ASSERT(contains(crl_text(), "No Revoked Certificates"));
    }

    void trusted_cas_come_and_go() {
        const std::string thumbprint = to_hex(sha256(ByteView(authority_->root())));
        const auto before = generation();
        wait(register_->add_trusted_ca(authority_->root(), "互通 Root CA", true)).value();
        CPPUNIT_ASSERT(generation() > before);
        CPPUNIT_ASSERT(wait(register_->add_trusted_ca(authority_->root(), "x", true)).error().code ==
                       ErrorCode::conflict);
        CPPUNIT_ASSERT(
            query("select own from trusted_cas where thumbprint = '" + thumbprint + "'").boolean(0, 0));
        wait(register_->remove_trusted_ca(thumbprint)).value();
        CPPUNIT_ASSERT(wait(register_->remove_trusted_ca(thumbprint)).error().code == ErrorCode::not_found);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RegisterTest);
