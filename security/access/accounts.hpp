// The accounts of officers and agencies in PostgreSQL: one name, one role, one organisation or none, for
// ever.
//
// The table's own constraints hold for every row whoever writes it (0007_officers.sql). A change of what
// proves who somebody is ends that officer's sessions. Thread-safe as far as the pool is. Errors: not_found
// (no such officer), conflict (exists, or the last of its role), invalid.
#pragma once

#include <vector>

#include "base/config/config.hpp"
#include "base/pg/pool.hpp"
#include "security/access/officer.hpp"

namespace hutong::security {

// A client certificate as it is bound: mutual TLS proves the key, these say which and when.
struct BoundCertificate {
    std::string thumbprint;
    TimePoint not_before, not_after;
};

class Accounts {
  public:
    Accounts(pg::Pool& pool, const config::Officers& options) : pool_(pool), options_(options) {}

    // `password`: the hash of a temporary one. `org`: of an agency's role, and of no other. Errors:
    // not_found: there is no such organisation.
    Awaitable<Result<void>> add(std::string name, Role role, std::string password, std::string org = {});
    // Whether agencies have accounts that could work: then what they publish needs another person's approval.
    Awaitable<Result<bool>> agencies_have_some();
    Awaitable<Result<std::vector<Account>>> list();
    Awaitable<Result<Account>> find(std::string name);
    Awaitable<Result<Officer>> officer(std::string name);  // refused: disabled

    // Not the last officer of its role who is ready: nobody could undo it.
    Awaitable<Result<void>> disable(std::string name);
    Awaitable<Result<void>> enable(std::string name);
    Awaitable<Result<void>> unlock(std::string name);
    // A temporary password instead of everything the account had.
    Awaitable<Result<void>> reset(std::string name, std::string password);

    // One's own.
    Awaitable<Result<void>> set_password(std::string name, std::string password);
    Awaitable<Result<std::string>> password(std::string name);  // the hash; empty: none
    Awaitable<Result<void>> begin_totp(std::string name, Bytes sealed);
    Awaitable<Result<Bytes>> pending_totp(std::string name);  // not_found: none was begun
    // `sealed`: the one a code was given for. Error: conflict, when another was begun meanwhile.
    Awaitable<Result<void>> confirm_totp(std::string name, std::uint64_t step, Bytes sealed);
    Awaitable<Result<void>> bind_certificate(std::string name, std::optional<BoundCertificate> certificate);

    // The roles without an officer who could work: then they cannot be separated.
    Awaitable<Result<std::vector<Role>>> roles_without_officer();
    // Within a transaction, until whose end nobody else changes an account.
    Awaitable<Result<std::vector<Role>>> roles_without_officer(pg::Session& session);

  private:
    pg::Pool& pool_;
    const config::Officers& options_;
};

}  // namespace hutong::security
