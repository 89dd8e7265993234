// Who is signed in: a random token for each session, kept as its digest, good where it was given out, for a
// while.
//
// In PostgreSQL, so that any node knows them. The account is looked at each time: who is disabled is out at
// once. Thread-safe as far as the pool is.
#pragma once

#include "base/config/config.hpp"
#include "base/pg/pool.hpp"
#include "security/access/accounts.hpp"

namespace hutong::security {

enum class Channel { socket, api };
std::string_view to_string(Channel channel);

class Sessions {
  public:
    Sessions(pg::Pool& pool, Accounts& accounts, const config::Officers& options)
        : pool_(pool), accounts_(accounts), options_(options) {}

    // A new token in clear, 256 bits as hex; it cannot be read again.
    Awaitable<Result<std::string>> open(std::string officer, Channel channel, std::string place);
    // Error: refused, one text for every reason.
    Awaitable<Result<Officer>> find(std::string token, Channel channel, std::string place);
    Awaitable<Result<void>> close(std::string token);  // no error when there is none
    Awaitable<Result<void>> close_all(std::string officer);

  private:
    pg::Pool& pool_;
    Accounts& accounts_;
    const config::Officers& options_;
};

}  // namespace hutong::security
