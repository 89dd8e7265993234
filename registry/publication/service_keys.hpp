// The keys that applications use through the security service: made, and granted to organisations.
//
// Every change is one transaction that raises the generation, or changes nothing. Thread-safe as far as the
// pool is. Errors: not_found (no such key, organisation or grant), conflict (the name or the key is there
// already), invalid (the name).
#pragma once

#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

class ServiceKeys {
  public:
    explicit ServiceKeys(pg::Pool& pool) : pool_(pool) {}

    // The name is free and the organisation is there; returns the organisation's name for people.
    Awaitable<Result<std::string>> check_new(std::string name, std::string org);
    // Granted to its own organisation at once. `public_key`: SHA-256 (hex) of the SubjectPublicKeyInfo.
    Awaitable<Result<void>> add(ServiceKey key, std::string public_key);
    Awaitable<Result<void>> grant(std::string key, std::string org);
    Awaitable<Result<void>> revoke(std::string key, std::string org);
    // The name of the key with this public key, empty when it is none of these.
    Awaitable<Result<std::string>> with_public_key(std::string public_key);

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::registry
