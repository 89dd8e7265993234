// Publishers: who may publish through UDDI for an organisation, and the tokens they work with.
//
// UDDI v3.0.2 section 5.3. A password is kept as its scrypt hash, a token as its digest; after wrong tries in
// a row the account waits. Who the account is and what was wrong is one answer to the outside. Thread-safe as
// far as the pool is.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/uddi/fault.hpp"
#include "security/access/sign_in.hpp"

namespace hutong::registry::uddi {

struct Publisher {
    std::string name;
    std::string org;
};

// A client certificate as it is bound: mutual TLS proves the key.
struct PublisherCertificate {
    std::string thumbprint;
    TimePoint not_before, not_after;
};

struct PublisherAccount {
    Publisher publisher;
    bool has_certificate{false};
    bool locked{false};
};

class Publishers {
  public:
    Publishers(pg::Pool& pool, security::PasswordThread& passwords);

    // Administration. `password`: its hash. Errors: conflict, not_found (the organisation), invalid.
    Awaitable<Result<void>> add(Publisher publisher, std::string password);
    Awaitable<Result<void>> set_password(std::string name, std::string password);
    Awaitable<Result<void>> bind_certificate(std::string name, PublisherCertificate certificate);
    Awaitable<Result<void>> remove(std::string name);
    Awaitable<Result<std::vector<PublisherAccount>>> list();

    // get_authToken: E_unknownUser, whatever was wrong.
    Awaitable<OrFault<std::string>> open_token(std::string name, std::string password);
    // discard_authToken: E_authTokenRequired where it is none.
    Awaitable<OrFault<void>> discard_token(std::string token);
    // Errors: E_authTokenRequired (no such token), E_authTokenExpired.
    Awaitable<OrFault<Publisher>> by_token(std::string token);
    Awaitable<OrFault<Publisher>> by_certificate(std::string thumbprint);

  private:
    pg::Pool& pool_;
    security::PasswordThread& passwords_;
    const std::string nobodys_;  // compared against where there is no account
};

}  // namespace hutong::registry::uddi
