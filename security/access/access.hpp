// Everything about the officers' accounts of a node, in one place.
#pragma once

#include "security/access/accounts.hpp"
#include "security/access/proposals.hpp"
#include "security/access/separation.hpp"
#include "security/access/sessions.hpp"
#include "security/access/sign_in.hpp"

namespace hutong::security {

struct Access {
    Access(pg::Pool& pool, const Home& home, const config::Officers& options_)
        : options(options_),
          accounts(pool, options),
          sign_in(pool, passwords, home, options),
          sessions(pool, accounts, options),
          separation(pool),
          proposals(pool) {}

    const config::Officers& options;
    PasswordThread passwords;
    Accounts accounts;
    SignIn sign_in;
    Sessions sessions;
    Separation separation;
    Proposals proposals;
};

}  // namespace hutong::security
