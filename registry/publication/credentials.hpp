// How consumers prove who they are beside certificates: passwords and names in SAML assertions.
//
// Every change is one transaction that raises the generation, or changes nothing. Thread-safe as far as the
// pool is. Errors: not_found (no such consumer or binding), conflict (the name is another consumer's),
// invalid.
#pragma once

#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

class Credentials {
  public:
    explicit Credentials(pg::Pool& pool) : pool_(pool) {}

    // Whether anything is sealed (a consumer's password, an officer's one-time codes): then the key for it
    // exists somewhere.
    Awaitable<Result<bool>> has_secrets();
    Awaitable<Result<void>> set_password(std::string consumer, Bytes sealed);
    Awaitable<Result<void>> remove_password(std::string consumer);

    Awaitable<Result<void>> bind_saml(std::string consumer, SamlName name);
    Awaitable<Result<void>> unbind_saml(std::string consumer, SamlName name);
    // May it vouch for the subjects of assertions it sends?
    Awaitable<Result<void>> set_vouches(std::string consumer, bool vouches);

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::registry
