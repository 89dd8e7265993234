// Saves entities of one request: keys given and checked, owners and references checked, rows written.
// Internal to this folder.
//
// UDDI v3.0.2 sections 5.2.2 (keys) and 5.2.15 to 5.2.18. One Saver for each request, inside its transaction.
#pragma once

#include "registry/publication/uddi/known.hpp"
#include "registry/publication/uddi/publishers.hpp"
#include "registry/store/uddi/entity_rows.hpp"

namespace hutong::registry::uddi {

class Saver {
  public:
    Saver(pg::Session& session, const Publisher& publisher)
        : session_(session), org_(publisher.org), editor_(publisher.name) {}

    // All of one kind, locked with what is in and above them; afterwards they have their keys. Then they are
    // saved.
    Awaitable<OrFault<void>> lock(std::vector<Entity>& entities);
    Awaitable<OrFault<void>> save(const std::vector<Entity>& entities);
    const KnownEntities& known() const { return known_; }  // what was there before, and what is above it
    // Entities that the save takes from where they are, outside of those that it is about, and overwrites.
    std::set<std::string> taken(const std::vector<Entity>& entities) const;

  private:
    OrFault<void> settle_keys(Entity& entity);
    void collect_keys(const Entity& entity);
    bool stands_below(std::string key, const std::set<std::string>& tops) const;
    void collect_taken(const Entity& entity, const std::set<std::string>& tops,
                       std::set<std::string>& taken) const;
    Awaitable<OrFault<void>> check_new_keys();
    OrFault<void> check(const Entity& entity, bool top);
    OrFault<void> check_redirector(const Entity& entity) const;
    OrFault<void> check_parent(const Entity& entity);
    OrFault<void> check_projection(const Entity& entity) const;
    Awaitable<OrFault<void>> check_names(const std::vector<Entity>& entities);
    bool is_unchanged_view(const Entity& entity) const;
    void place(const Entity& entity, bool top, const std::string& business, const std::string& service);
    Awaitable<OrFault<void>> remove_what_is_gone(const std::vector<Entity>& entities);
    Awaitable<OrFault<void>> store_projections(const std::vector<Entity>& entities);
    const Known* known(const std::string& key) const;

    pg::Session& session_;
    std::string org_, editor_;
    std::map<std::string, Kind> proposed_;  // keys that the request brought along
    std::set<std::string> keys_;            // all that it mentions as entities or parents
    KnownEntities known_;
    std::vector<Placed> placed_;
    std::set<std::string> parents_;  // below which something is changed
    std::set<std::string> left_;     // of those, from which something is taken
};

}  // namespace hutong::registry::uddi
