// The newest CRL of each CA in PostgreSQL: steps within a transaction.
//
// RFC 5280 section 5.2.3: numbers only rise. A CRL is stored with the revocations that it lists, or not at
// all.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.hpp"
#include "security/pki/sql.hpp"

namespace hutong::security {

// Keeps CRLs from being made at the same time until the transaction ends, so that no two get one number and
// none lacks another's revocation. Comes before the revocations are read.
Awaitable<Result<void>> hold_crls(pg::Session& session);
// Stores what `make` makes with the next number, and raises the generation.
Awaitable<Result<void>> store_next_crl(pg::Session& session, std::string ca,
                                       std::function<Result<Bytes>(std::uint64_t number)> make);
// One that was made elsewhere. Error: refused, when its number does not rise.
Awaitable<Result<void>> store_crl(pg::Session& session, std::string ca, std::uint64_t number, Bytes der);

}  // namespace hutong::security
