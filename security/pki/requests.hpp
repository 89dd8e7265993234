// Requests for certificates that wait for an officer's yes or no, in PostgreSQL.
//
// Each change is one transaction with its entry in the history. Thread-safe as far as the pool is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/pg/pool.hpp"

namespace hutong::security {

struct CertificateRequest {
    std::string id;
    std::string csr;
    std::string key;       // SHA-256 of the public key, hex
    std::string key_text;  // "p256", "rsa 3072"
    std::string profile;
    std::string consumer;  // empty: for a machine
    std::string common_name;
    std::string organisation;
    std::vector<std::string> names;
    std::string renews;  // serial; empty: nothing
    std::optional<int> overlap_days;
    std::string state;  // pending | issued | refused
    std::string reason;
    std::string serial;
    TimePoint made;
};

class CertificateRequests {
  public:
    explicit CertificateRequests(pg::Pool& pool) : pool_(pool) {}

    // Returns the id. Errors: conflict, when a request for the same key waits already; not_found.
    Awaitable<Result<std::string>> add(CertificateRequest request, std::string actor);
    Awaitable<Result<std::vector<CertificateRequest>>> list();
    Awaitable<Result<CertificateRequest>> find_pending(std::string id);  // conflict: it was decided
    Awaitable<Result<void>> refuse(std::string id, std::string reason, std::string actor);

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::security
