// By which keys this platform has issued certificates: a key is known again whatever request it comes in.
//
// Keys are told by RequestFacts::thumbprint, SHA-256 of the SubjectPublicKeyInfo in hex. Within the caller's
// transaction, or on a pool.
#pragma once

#include <string>

#include "base/pg/pool.hpp"

namespace hutong::security {

// Of the certificate in a PEM text. Error: invalid.
Result<std::string> key_of_certificate(std::string_view pem);

// Fills in the keys of certificates that an older program registered.
Awaitable<Result<void>> note_certified_keys(pg::Pool& pool);

// Serial number of the newest certificate for the key; empty: there is none.
Awaitable<Result<std::string>> certificate_for_key(pg::Session& session, std::string key);

// refused: a certificate for it, a CA's included, was revoked since the key was compromised. It is certified
// no more, by whichever CA and for whomsoever.
Awaitable<Result<void>> refuse_compromised_key(pg::Session& session, std::string key);

}  // namespace hutong::security
