// Whether somebody is the officer he says: password and one-time code, or a certificate whose key was proven.
//
// After some wrong tries in a row an account is locked, longer each time. Whatever was wrong, and whether
// there is such an account at all, the outside is told one thing after the same time: failures are answered
// at full half seconds. Passwords are hashed on a thread of their own, one at a time, with a short queue:
// whoever reaches the door can ask for it. verify() runs on one executor.
#pragma once

#include <atomic>

#include "base/config/config.hpp"
#include "base/home.hpp"
#include "base/pg/pool.hpp"
#include "security/access/officer.hpp"

namespace hutong::security {

struct Credential {
    std::string officer;
    std::string password;
    std::string code;         // of the authenticator app, where the account has one
    std::string certificate;  // thumbprint, proven by the channel; then nothing else is asked
};

// Where passwords are hashed.
class PasswordThread {
  public:
    // Errors: unavailable, when too many wait.
    Awaitable<Result<bool>> matches(std::string password, std::string stored);
    Awaitable<Result<std::string>> hash(std::string password);
    ~PasswordThread() { thread_.join(); }

  private:
    template <class Work>
    auto run(Work work) -> Awaitable<Result<std::invoke_result_t<Work>>>;
    asio::thread_pool thread_{1};
    std::atomic<unsigned> works_{0};
};

class SignIn {
  public:
    SignIn(pg::Pool& pool, PasswordThread& passwords, const Home& home, const config::Officers& options);

    struct Outcome {
        std::optional<Officer> officer;
        // Of a refusal, for the journal; nothing of it is for the outside.
        std::string reason;
        std::string account;  // the one that was meant; empty: there is none of that name
    };
    // Errors: unavailable (database away, too many at once).
    Awaitable<Result<Outcome>> verify(Credential credential);

    // One's own password once more, before what proves who one is changes; a wrong one counts as a wrong try.
    Awaitable<Result<void>> confirm(std::string name, std::string password);

    // The one thing a failed sign-in is told.
    static Error refusal();

  private:
    Awaitable<Result<Outcome>> by_password(Credential credential);
    Awaitable<Result<Outcome>> by_certificate(Credential credential);
    Awaitable<Result<Outcome>> wrong(std::string name, std::string reason);

    pg::Pool& pool_;
    PasswordThread& passwords_;
    Home home_;
    const config::Officers& options_;
    const std::string nobodys_;  // compared against where there is no account
};

}  // namespace hutong::security
