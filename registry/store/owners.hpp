// Whose a consumer and a grant request are: the organisations that they touch.
//
// Thread-safe as far as the session is. Nothing there of that name: an empty answer, no error.
#pragma once

#include <optional>
#include <string>

#include "base/pg/pool.hpp"

namespace hutong::registry {

// Both sides of a grant request.
struct Sides {
    std::string asker;    // the consumer's organisation
    std::string decider;  // the one that owns the service
};

Awaitable<Result<std::optional<std::string>>> organisation_of_consumer(pg::Session& session,
                                                                       std::string consumer);
Awaitable<Result<std::optional<Sides>>> sides_of_request(pg::Session& session, std::string request);

}  // namespace hutong::registry
