#include "access_fixture.hpp"

#include "security/access/password.hpp"
#include "security/access/totp.hpp"
#include "security/keys/secret_box.hpp"

namespace hutong::security {

void AccessFixture::setUp() {
    home_.root = folder_.path();
    CPPUNIT_ASSERT(home_.create());
    pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{},
                                       test::embedded_postgres().fresh_database(true));
    access_ = std::make_unique<Access>(*pool_, home_, options_);
}

void AccessFixture::tearDown() {
    access_.reset();
}

void AccessFixture::add(const std::string& name, Role role, bool totp) {
    // Cheap: what a password costs is tested once.
    run(access_->accounts.add(name, role, hash_password(password_, {4, 8, 1}))).value();
    run(access_->accounts.set_password(name, hash_password(password_, {4, 8, 1}))).value();
    if (!totp) return;
    auto box = SecretBox::load(home_);
    if (box.has_error()) box = SecretBox::make(home_);
    const Bytes sealed = box->seal(as_text(secret_), "officer " + name).value();
    run(access_->accounts.begin_totp(name, sealed)).value();
    run(access_->accounts.confirm_totp(name, 0, sealed)).value();
}

SignIn::Outcome AccessFixture::verify(const std::string& name, const std::string& password,
                                      const std::string& code) {
    const Credential credential{name, password, code, {}};
    return run(access_->sign_in.verify(credential)).value();
}

std::string AccessFixture::code_now(int steps) const {
    const auto step = static_cast<std::int64_t>(totp_step(system_clock().now())) + steps;
    return totp_code(secret_, static_cast<std::uint64_t>(step));
}

void AccessFixture::forget_codes(const std::string& name) {
    sql("alter table officers disable trigger officers_keep");
    sql("update officers set totp_step = 0 where name = '" + name + "'");
    sql("alter table officers enable trigger officers_keep");
}

}  // namespace hutong::security
