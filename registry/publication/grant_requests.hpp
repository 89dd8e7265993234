// Requests for grants: a consumer's organisation asks, the organisation that owns the service decides.
//
// Every change is one transaction; a decision is final, and both reasons stay on record. Thread-safe as far
// as the pool is.
#pragma once

#include "base/config/config.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

struct GrantRequest {
    std::string id;
    Grant grant;
    std::string consumer_org;  // who asks
    std::string reason;
    std::string asked_by;
    TimePoint asked{};
    std::string state;     // waiting | accepted | refused | withdrawn
    std::string decision;  // why; empty while it waits, as is decided_by
    std::string decided_by;
    std::optional<TimePoint> decided{};
};

// Empty: any.
struct GrantRequestFilter {
    std::string consumer, service, state;
};

// Who asks or decides.
struct By {
    std::string actor;   // in words, for the record
    std::string person;  // the account; empty: the home's owner
};

class GrantRequests {
  public:
    GrantRequests(pg::Pool& pool, const config::Wsdl& limits) : pool_(pool), limits_(limits) {}

    // Errors: not_found, what the names say; conflict: it is granted already, or asked for already.
    Awaitable<Result<GrantRequest>> ask(Grant grant, std::string reason, By by);
    Awaitable<Result<std::vector<GrantRequest>>> list(
        GrantRequestFilter filter);  // newest first, at most 1000
    // The grant and the decision, or neither. Errors: conflict: it was decided already; refused: who accepts
    // has asked for it himself.
    Awaitable<Result<GrantRequest>> accept(std::string id, std::string reason, By by);
    Awaitable<Result<GrantRequest>> refuse(std::string id, std::string reason, By by);
    Awaitable<Result<GrantRequest>> withdraw(std::string id, std::string reason, By by);

  private:
    Awaitable<Result<GrantRequest>> decide(std::string id, std::string state, std::string reason, By by);

    pg::Pool& pool_;
    config::Wsdl limits_;
};

}  // namespace hutong::registry
