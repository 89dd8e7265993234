// A fresh, migrated database with everything about officers on it, in a home of its own.
#pragma once

#include <memory>
#include <optional>

#include <cppunit/extensions/HelperMacros.h>

#include "security/access/access.hpp"
#include "support/coroutine.hpp"
#include "support/temporary_postgres.hpp"

namespace hutong::security {

class AccessFixture : public CppUnit::TestFixture {
  public:
    void setUp() override;
    void tearDown() override;

  protected:
    template <class T>
    T run(Awaitable<T> work) {
        return test::run(context_, std::move(work));
    }
    pg::Rows sql(const std::string& text) { return run(pool_->query(text)).value(); }
    Result<pg::Rows> try_sql(const std::string& text) { return run(pool_->query(text)); }

    // An account with a password of its own and, unless told otherwise, one-time codes of `secret_`.
    void add(const std::string& name, Role role, bool totp = true);
    SignIn::Outcome verify(const std::string& name, const std::string& password,
                           const std::string& code = {});
    std::string code_now(int steps = 0) const;
    // As if the account had made no use of its codes yet, so that a test need not wait half a minute.
    void forget_codes(const std::string& name);

    static constexpr const char* password_ = "seven lanterns by the river";
    const Bytes secret_ = Bytes(20, 7);
    asio::io_context context_;
    const test::TemporaryFolder folder_;
    Home home_;
    config::Officers options_;
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<Access> access_;
};

}  // namespace hutong::security
