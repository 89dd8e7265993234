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
    std::string editor;   // the publisher who changed it last, or what is below it; empty: none known
    std::string changed;  // when, UTC

    bool is_service_view() const { return !service.empty(); }
    bool is_organisation() const { return kind == Kind::business && !org.empty(); }
};
using KnownEntities = std::map<std::string, Known>;

// These and what is above them, of which the ones without an entity are left out.
Awaitable<OrFault<KnownEntities>> lock_entities(pg::Session& session, const std::set<std::string>& keys);

// E_userMismatch, unless the entity is the organisation's.
OrFault<void> check_owner(const std::string& key, const Known& known, const std::string& org);

// What is above the entities was changed below (section 3.8, modifiedIncludingChildren), by a publisher.
Awaitable<OrFault<void>> touch(pg::Session& session, const std::set<std::string>& parents,
                               const std::string& editor);

}  // namespace hutong::registry::uddi
