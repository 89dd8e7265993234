// Entities as rows: written whole, however many, in a handful of statements.
//
// Works inside the caller's transaction. Keys and parents are set and checked by then.
#pragma once

#include <optional>

#include "base/pg/pool.hpp"
#include "registry/model/uddi/entity.hpp"

namespace hutong::registry::uddi {

// An entity with the place it has; what it points to outlives the call.
struct Placed {
    const Entity* entity{nullptr};
    std::string service;                     // it is, or is in
    std::string business;                    // likewise
    std::optional<std::int64_t> position{};  // keeps it; nothing: the next
};

// `owner`: the organisation; nothing: the registry itself. `editor`: the publisher who saves them; empty: the
// registry. Children are placed on their own.
Awaitable<Result<void>> store_entities(pg::Session& session, std::vector<Placed> placed,
                                       std::optional<std::string> owner, std::string editor = {});

}  // namespace hutong::registry::uddi
