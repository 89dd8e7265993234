// The history of a service as the database has it: rows that are only ever added.
//
// Within somebody's transaction; thread-safe as far as the session is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

struct ServiceRecord {
    unsigned version{1};
    std::optional<ServiceStatus> from;  // empty: it began its life
    ServiceStatus to{ServiceStatus::draft};
    std::string reason;
    std::string actor;
    TimePoint at{};        // set by the database
    std::string person{};  // the account of it, written and not read back; empty: the owner's
};

Awaitable<Result<void>> record_step(pg::Session& session, const std::string& org, const std::string& name,
                                    ServiceRecord record);
// Of one that is offline: whether calls got through to it until it went there.
Awaitable<Result<bool>> was_online(pg::Session& session, const std::string& org, const std::string& name);
Awaitable<Result<std::vector<ServiceRecord>>> history_of(pg::Session& session, const std::string& org,
                                                         const std::string& name);  // oldest first

}  // namespace hutong::registry
