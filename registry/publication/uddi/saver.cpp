#include "registry/publication/uddi/saver.hpp"

#include "base/coroutine.hpp"
#include "registry/model/uddi/keys.hpp"
#include "registry/store/sql.hpp"
#include "registry/validation/references.hpp"

namespace hutong::registry::uddi {

namespace {

std::string about(const Entity& entity) {
    return std::string(key_name_of(entity.kind));
}

// Of entities that come twice the last is what stays (section 5.2.16).
void keep_last_of_each(std::vector<Entity>& entities) {
    std::set<std::string> seen;
    std::vector<Entity> kept;
    for (auto at = entities.rbegin(); at != entities.rend(); ++at)
        if (at->key.empty() || seen.insert(at->key).second) kept.insert(kept.begin(), std::move(*at));
    entities = std::move(kept);
}

}  // namespace

const Known* Saver::known(const std::string& key) const {
    const auto found = known_.find(key);
    return found == known_.end() ? nullptr : &found->second;
}

OrFault<void> Saver::settle_keys(Entity& entity) {
    if (!entity.key.empty()) {
        if (!is_key(entity.key))
            return Fault(failure::invalid_key, "\"" + entity.key + "\" is no uddiKey (section 4.4.1).",
                         about(entity));
        if (!proposed_.emplace(entity.key, entity.kind).second)
            return Fault(failure::invalid_key, "\"" + entity.key + "\" stands twice in the request.",
                         about(entity));
    } else {
        entity.key = new_key();
    }
    for (Entity& child : entity.children) {
        child.projected = child.kind == Kind::service && !child.parent.empty() && child.parent != entity.key;
        if (child.projected) {
            if (child.key.empty())
                return Fault(failure::invalid_projection,
                             "A projected businessService must say its serviceKey.", "serviceKey");
            child.children.clear();
            continue;
        }
        if (child.kind == Kind::binding && !child.parent.empty() && child.parent != entity.key)
            return Fault(failure::invalid_key,
                         "A bindingTemplate inside a businessService has that one's serviceKey or none.",
                         "serviceKey");
        child.parent = entity.key;
        HUTONG_TRY(settle_keys(child));
    }
    return {};
}

void Saver::collect_keys(const Entity& entity) {
    keys_.insert(entity.key);
    if (!entity.parent.empty()) keys_.insert(entity.parent);
    if (!entity.redirector.empty()) keys_.insert(entity.redirector);
    for (const Entity& child : entity.children) collect_keys(child);
}

// A key that is new belongs to the partition of a key generator that the organisation has.
Awaitable<OrFault<void>> Saver::check_new_keys() {
    std::map<std::string, std::string> generators;  // and one of the keys that each is needed for
    for (const auto& [key, kind] : proposed_) {
        if (known(key) != nullptr) continue;
        const std::string about(key_name_of(kind));
        if (is_reserved(key))
            co_return Fault(failure::key_unavailable,
                            "The " + about + " \"" + key + "\" lies in the registry's own partition.", about);
        if (is_uuid_key(key))
            co_return Fault(
                failure::key_unavailable,
                "Keys that are UUIDs are given by the registry: leave the " + about + " \"" + key + "\" out.",
                about);
        if (const std::string generator = generator_of(key); !generator.empty())
            generators.try_emplace(generator, key);
    }
    if (generators.empty()) co_return OrFault<void>();
    std::vector<pg::Param> needed;
    for (const auto& [generator, key] : generators) needed.emplace_back(generator);
    HUTONG_QUERY(
        lacking, session_,
        "select g from unnest($1::text[]) g where not exists (select 1 from uddi_entities where key = g and "
        "kind = 'tmodel' and owner = $2 and not hidden) limit 1",
        with(pg::array(needed), org_));
    if (lacking.empty()) co_return OrFault<void>();
    const std::string lacked(lacking.text(0, 0));
    if (proposed_.contains(lacked)) co_return OrFault<void>();  // the same request saves it
    const std::string& key = generators.at(lacked);
    const std::string about(key_name_of(proposed_.at(key)));
    co_return Fault(failure::key_unavailable,
                    "Your organisation has no key generator \"" + lacked + "\" to make the " + about + " \"" +
                        key + "\" by (section 5.2.2.1).",
                    about);
}

bool Saver::is_unchanged_view(const Entity& entity) const {
    const Known* const there = known(entity.key);
    return there != nullptr && there->is_service_view() && there->names == entity.names &&
           there->descriptions == entity.descriptions && there->tail == entity.tail;
}

OrFault<void> Saver::check_parent(const Entity& entity) {
    const Kind kind = entity.kind == Kind::service ? Kind::business : Kind::service;
    const std::string name(key_name_of(kind));
    const Known* const parent = known(entity.parent);
    if (parent == nullptr || parent->kind != kind)
        return Fault(failure::invalid_key,
                     entity.parent.empty()
                         ? name + " is missing."
                         : "There is no " + name + " \"" + entity.parent + "\" in this registry.",
                     name);
    HUTONG_TRY(check_owner(entity.parent, *parent, org_));
    if (parent->is_service_view())
        return Fault(failure::user_mismatch,
                     "\"" + entity.parent +
                         "\" is the view of a service that the gateway publishes; its bindings come "
                         "from there.",
                     name);
    return {};
}

OrFault<void> Saver::check_projection(const Entity& entity) const {
    const Known* const there = known(entity.key);
    if (there != nullptr && there->kind == Kind::service && there->parent == entity.parent) return {};
    return Fault(failure::invalid_projection,
                 "There is no businessService \"" + entity.key + "\" of the businessEntity \"" +
                     entity.parent + "\" to be projected.",
                 "serviceKey");
}

// To a bindingTemplate that is there or that the same request saves.
OrFault<void> Saver::check_redirector(const Entity& entity) const {
    if (entity.redirector.empty()) return {};
    const Known* const there = known(entity.redirector);
    const auto saved = proposed_.find(entity.redirector);
    if (there != nullptr && there->kind == Kind::binding) return {};
    if (saved != proposed_.end() && saved->second == Kind::binding) return {};
    return Fault(failure::invalid_key,
                 "There is no bindingTemplate \"" + entity.redirector + "\" to be redirected to.",
                 "bindingKey");
}

OrFault<void> Saver::check(const Entity& entity, bool top) {
    if (entity.projected) return check_projection(entity);
    if (const Known* const there = known(entity.key)) {
        if (there->kind != entity.kind)
            return Fault(failure::key_unavailable,
                         "\"" + entity.key + "\" is the key of another kind of entity.", about(entity));
        HUTONG_TRY(check_owner(entity.key, *there, org_));
        if (there->is_service_view()) {
            if (!top && is_unchanged_view(entity)) return {};
            return Fault(failure::user_mismatch,
                         "\"" + entity.key + "\" is the view of the service " + there->org + "/" +
                             there->service + ", which is changed by: hutong service publish.",
                         about(entity));
        }
    }
    if (top && (entity.kind == Kind::service || entity.kind == Kind::binding))
        HUTONG_TRY(check_parent(entity));
    HUTONG_TRY(check_redirector(entity));
    if (entity.kind != Kind::tmodel && is_generator_key(entity.key))
        return Fault(failure::key_unavailable, "Only a tModel may have a key that ends in \":keygenerator\".",
                     about(entity));
    for (const Entity& child : entity.children) HUTONG_TRY(check(child, false));
    return {};
}

// An organisation's own businessEntity goes by the organisation's name.
Awaitable<OrFault<void>> Saver::check_names(const std::vector<Entity>& entities) {
    for (const Entity& entity : entities) {
        const Known* const there = known(entity.key);
        if (there == nullptr || !there->is_organisation()) continue;
        HUTONG_QUERY(name, session_, "select name from organisations where id = $1", with(there->org));
        if (name.text(0, 0) != entity.name_rows.front().text)
            co_return Fault(failure::value_not_allowed, "The first name of \"" + entity.key +
                                                            "\" is that of the organisation, \"" +
                                                            std::string(name.text(0, 0)) + "\".");
    }
    co_return OrFault<void>();
}

void Saver::place(const Entity& entity, bool top, const std::string& business, const std::string& service) {
    const Known* const there = known(entity.key);
    if (entity.projected || (there != nullptr && there->is_service_view())) return;
    Placed one{&entity, service, business};
    if (entity.kind == Kind::business) one.business = entity.key;
    if (entity.kind == Kind::service) {
        one.service = entity.key;
        if (top) one.business = entity.parent;
    }
    if (entity.kind == Kind::binding && top) {
        one.service = entity.parent;
        one.business = known(entity.parent)->parent;
    }
    if (top && there != nullptr) one.position = there->position;
    if (top && !entity.parent.empty()) parents_.insert(entity.parent);
    // One that was elsewhere is gone from there.
    if (there != nullptr && !there->parent.empty() && there->parent != entity.parent) {
        parents_.insert(there->parent);
        left_.insert(there->parent);
    }
    placed_.push_back(one);
    for (const Entity& child : entity.children) place(child, false, one.business, one.service);
}

// Children that the request no longer names, but for the gateway's.
Awaitable<OrFault<void>> Saver::remove_what_is_gone(const std::vector<Entity>& entities) {
    if (entities.front().kind == Kind::binding || entities.front().kind == Kind::tmodel)
        co_return OrFault<void>();
    std::vector<pg::Param> parents, kept;
    for (const Placed& one : placed_) {
        if (one.entity->kind != Kind::binding) parents.emplace_back(one.entity->key);
        kept.emplace_back(one.entity->key);
    }
    HUTONG_QUERY(gone, session_,
                 "delete from uddi_entities where parent = any($1::text[]) and service is null "
                 "and not key = any($2::text[])",
                 with(pg::array(parents), pg::array(kept)));
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Saver::store_projections(const std::vector<Entity>& entities) {
    if (entities.front().kind != Kind::business) co_return OrFault<void>();
    std::vector<pg::Param> saved, businesses, services, positions;
    for (const Entity& entity : entities) {
        saved.emplace_back(entity.key);
        unsigned position = 0;
        for (const Entity& child : entity.children) {
            if (!child.projected) continue;
            businesses.emplace_back(entity.key);
            services.emplace_back(child.key);
            positions.emplace_back(std::to_string(position++));
        }
    }
    HUTONG_QUERY(gone, session_, "delete from uddi_projections where business = any($1::text[])",
                 with(pg::array(saved)));
    if (businesses.empty()) co_return OrFault<void>();
    HUTONG_QUERY(stored, session_,
                 "insert into uddi_projections (business, service, position) select b, s, p::int from "
                 "unnest($1::text[], $2::text[], $3::text[]) u (b, s, p) on conflict do nothing",
                 with(pg::array(businesses), pg::array(services), pg::array(positions)));
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Saver::lock(std::vector<Entity>& entities) {
    keep_last_of_each(entities);
    for (Entity& entity : entities) HUTONG_CO_TRY(settle_keys(entity));
    for (const Entity& entity : entities) collect_keys(entity);
    HUTONG_CO_ASSIGN(known_, co_await lock_entities(session_, keys_));
    // A service or binding that is there already may leave its parent out.
    for (Entity& entity : entities) {
        const Known* const there = known(entity.key);
        if (entity.parent.empty() && there != nullptr) entity.parent = there->parent;
    }
    co_return OrFault<void>();
}

bool Saver::stands_below(std::string key, const std::set<std::string>& tops) const {
    while (!key.empty()) {
        if (tops.contains(key)) return true;
        const Known* const there = known(key);
        if (there == nullptr) return false;
        key = there->parent;
    }
    return false;
}

// The gateway's own stay where they are, and what is of another kind is refused.
void Saver::collect_taken(const Entity& entity, const std::set<std::string>& tops,
                          std::set<std::string>& taken) const {
    for (const Entity& child : entity.children) {
        const Known* const there = child.projected ? nullptr : known(child.key);
        if (there != nullptr && there->kind == child.kind && !there->is_service_view() &&
            there->parent != entity.key && !stands_below(there->parent, tops))
            taken.insert(child.key);
        collect_taken(child, tops, taken);
    }
}

std::set<std::string> Saver::taken(const std::vector<Entity>& entities) const {
    std::set<std::string> tops, taken;
    for (const Entity& entity : entities) tops.insert(entity.key);
    for (const Entity& entity : entities) collect_taken(entity, tops, taken);
    return taken;
}

Awaitable<OrFault<void>> Saver::save(const std::vector<Entity>& entities) {
    HUTONG_CO_TRY(co_await check_new_keys());
    std::set<std::string> tmodels;
    for (const Entity& entity : entities) {
        HUTONG_CO_TRY(check(entity, true));
        if (entity.kind == Kind::tmodel) tmodels.insert(entity.key);
    }
    HUTONG_CO_TRY(co_await check_names(entities));
    HUTONG_CO_TRY(co_await check_references(session_, entities, tmodels));
    const std::string none;
    for (const Entity& entity : entities) place(entity, true, none, none);
    HUTONG_CO_TRY(co_await store_entities(session_, placed_, org_, editor_));
    HUTONG_CO_TRY(co_await remove_what_is_gone(entities));
    HUTONG_CO_TRY(co_await store_projections(entities));
    HUTONG_CO_TRY(co_await note_removals(session_, left_, editor_));
    co_return co_await touch(session_, parents_);
}

}  // namespace hutong::registry::uddi
