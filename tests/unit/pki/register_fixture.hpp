// A register in a real PostgreSQL, and the CA whose certificates it has.
#pragma once

#include <cctype>
#include <memory>
#include <string>

#include <cppunit/extensions/HelperMacros.h>

#include "pki_fixture.hpp"
#include "security/pki/register.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::security::test {

class RegisterFixture : public CppUnit::TestFixture {
  protected:
    PkiHome home_;
    asio::io_context context_;
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<CertificateRegister> register_;
    std::unique_ptr<Authorities> authorities_;
    std::shared_ptr<const Authority> authority_;

    template <class T>
    T wait(Awaitable<T> work) {
        return hutong::test::run(context_, std::move(work));
    }
    pg::Rows query(const std::string& sql) { return wait(pool_->query(sql, pg::Params())).value(); }
    std::int64_t generation() { return query("select generation from platform").integer(0, 0); }
    Issued add() {
        const Issued issued = home_.issue(*authority_);
        wait(register_->add(issued, by_an_officer())).value();
        return issued;
    }
    static Registration by_an_officer(std::string renews = {}, std::optional<TimePoint> overlap_end = {}) {
        return {"agency_signing", "", "zhang", std::move(renews), overlap_end};
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
        authorities_ = home_.found_all();
        authority_ = authorities_->choose().value();
    }
    void tearDown() override { pool_->close(); }
};

}  // namespace hutong::security::test
