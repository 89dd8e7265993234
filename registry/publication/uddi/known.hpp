// Entities as they stand in the database when a request changes them, locked until the transaction ends.
// Internal to this folder.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "base/pg/pool.hpp"
#include "registry/model/uddi/entity.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

struct Known {
    Kind kind{Kind::tmodel};
    std::string parent;
    std::optional<std::string> owner;  // nothing: the registry itself
    std::string org, service;          // of a view
    std::int64_t position{0};
    std::string names, descriptions, tail;

    bool is_service_view() const { return !service.empty(); }
    bool is_organisation() const { return kind == Kind::business && !org.empty(); }
};
using KnownEntities = std::map<std::string, Known>;

// These and what is above them, of which the ones without an entity are left out.
Awaitable<OrFault<KnownEntities>> lock_entities(pg::Session& session, const std::set<std::string>& keys);

// E_userMismatch, unless the entity is the organisation's.
OrFault<void> check_owner(const std::string& key, const Known& known, const std::string& org);

// Something was changed below the entities, and so below what is above them (section 3.8,
// modifiedIncludingChildren).
Awaitable<OrFault<void>> touch(pg::Session& session, const std::set<std::string>& parents);
// A publisher took something from below the entities: there is no row of it that could say whose edit it was.
Awaitable<OrFault<void>> note_removals(pg::Session& session, const std::set<std::string>& parents,
                                       const std::string& editor);

}  // namespace hutong::registry::uddi
