// save_… and delete_… (sections 5.2.7, 5.2.8, 5.2.10, 5.2.11, 5.2.15 to 5.2.18).
#include "base/coroutine.hpp"
#include "registry/model/uddi/entity_reader.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/drafts.hpp"
#include "registry/publication/uddi/operations.hpp"
#include "registry/publication/uddi/overwriting.hpp"
#include "registry/publication/uddi/saver.hpp"
#include "registry/publication/uddi/transaction.hpp"
#include "registry/store/sql.hpp"
#include "registry/store/uddi/details.hpp"

namespace hutong::registry::uddi {

namespace {

// Those whose bindings may have changed.
std::set<std::string> services_in(const std::vector<Entity>& entities) {
    std::set<std::string> keys;
    for (const Entity& entity : entities) {
        if (entity.kind == Kind::service) keys.insert(entity.key);
        if (entity.kind == Kind::binding) keys.insert(entity.parent);
        for (const Entity& child : entity.children)
            if (child.kind == Kind::service && !child.projected) keys.insert(child.key);
    }
    return keys;
}

Answer save(Context& context, xml::Element asked, Kind kind) {
    std::vector<Entity> read;
    for (const xml::Element one : asked.children(ns, element_of(kind)))
        read.push_back(read_entity(one, kind));
    std::string text;
    auto work = [&context, &read, &text, kind](pg::Session& session) -> Awaitable<OrFault<void>> {
        std::vector<Entity> entities = read;  // which get their keys and parents now
        std::set<std::string> given;
        for (const Entity& entity : entities) given.insert(entity.key);
        Saver saver(session, context.publisher);
        HUTONG_CO_TRY(co_await saver.lock(entities));
        Overwriting overwriting(session, context, kind, saver.known());
        std::set<std::string> taken = saver.taken(entities);
        HUTONG_CO_TRY(co_await overwriting.check(std::move(given), std::move(taken)));
        HUTONG_CO_TRY(co_await overwriting.remember());
        HUTONG_CO_TRY(co_await saver.save(entities));
        HUTONG_CO_TRY(co_await overwriting.compare());
        std::set<std::string> services = services_in(entities);
        HUTONG_CO_TRY(co_await note_drafts(session, std::move(services)));
        std::vector<std::string> keys;
        for (const Entity& entity : entities) keys.push_back(entity.key);
        if (kind == Kind::tmodel) {
            std::set<std::string> tmodels(keys.begin(), keys.end());
            HUTONG_CO_TRY(co_await note_drafts_by(session, context.publisher.org, std::move(tmodels)));
        }
        HUTONG_CO_ASSIGN(text, co_await details(session, kind, std::move(keys), context.public_url));
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return answer_element(detail_of(kind), text);
}

OrFault<std::set<std::string>> keys_of(const xml::Element& asked, Kind kind) {
    const std::string name(key_name_of(kind));
    std::set<std::string> keys;
    for (const xml::Element one : asked.children(ns, name)) {
        const std::string key = fold_key(one.text());
        if (!keys.insert(key).second)
            return Fault(failure::invalid_key, "The key \"" + key + "\" stands twice in the request.", name);
    }
    return keys;
}

OrFault<void> check_deletion(const std::string& key, const KnownEntities& known, Kind kind,
                             const std::string& org) {
    const std::string name(key_name_of(kind));
    const auto found = known.find(key);
    if (found == known.end() || found->second.kind != kind)
        return Fault(failure::invalid_key, "There is no " + name + " \"" + key + "\" in this registry.",
                     name);
    HUTONG_TRY(check_owner(key, found->second, org));
    if (found->second.is_organisation())
        return Fault(failure::user_mismatch, "\"" + key + "\" is an organisation of this platform and stays.",
                     name);
    if (found->second.is_service_view())
        return Fault(failure::user_mismatch,
                     "\"" + key + "\" is the view of the service " + found->second.org + "/" +
                         found->second.service + "; it goes with: hutong service retire.",
                     name);
    return {};
}

// A business whose services the gateway publishes would take them along.
Awaitable<OrFault<void>> check_services(pg::Session& session, const std::string& keys) {
    HUTONG_QUERY(views, session,
                 "select parent, key from uddi_entities where parent = any($1::text[]) and service is not "
                 "null limit 1",
                 with(keys));
    if (views.empty()) co_return OrFault<void>();
    co_return Fault(failure::user_mismatch, "\"" + std::string(views.text(0, 0)) + "\" holds \"" +
                                                std::string(views.text(0, 1)) +
                                                "\", the view of a service that the gateway publishes.");
}

Answer remove(Context& context, xml::Element asked, Kind kind) {
    HUTONG_CO_ASSIGN(const std::set<std::string> keys, keys_of(asked, kind));
    auto work = [&context, &keys, kind](pg::Session& session) -> Awaitable<OrFault<void>> {
        HUTONG_CO_ASSIGN(const KnownEntities known, co_await lock_entities(session, keys));
        Overwriting overwriting(session, context, kind, known);
        const std::set<std::string> none;
        HUTONG_CO_TRY(co_await overwriting.check(keys, none));
        std::set<std::string> parents;
        for (const std::string& key : keys) {
            HUTONG_CO_TRY(check_deletion(key, known, kind, context.publisher.org));
            if (const std::string& parent = known.at(key).parent; !parent.empty()) parents.insert(parent);
        }
        const std::string list = pg::array(std::vector<pg::Param>(keys.begin(), keys.end()));
        HUTONG_CO_TRY(co_await check_services(session, list));
        if (kind == Kind::tmodel) {
            // Only hidden: what refers to it goes on meaning something (section 5.2.11).
            HUTONG_QUERY(hidden, session,
                         "update uddi_entities set hidden = true, modified = now(), modified_below = now(), "
                         "editor = $2 where key = any($1::text[])",
                         with(list, context.publisher.name));
        } else {
            HUTONG_QUERY(gone, session, "delete from uddi_entities where key = any($1::text[])", with(list));
        }
        HUTONG_CO_TRY(co_await note_removals(session, parents, context.publisher.name));
        HUTONG_CO_TRY(co_await touch(session, parents));
        if (kind == Kind::tmodel) co_return co_await note_drafts_by(session, context.publisher.org, keys);
        if (kind == Kind::binding) co_return co_await note_drafts(session, parents);
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return std::string();
}

}  // namespace

Answer save_binding(Context& context, xml::Element asked) {
    return save(context, asked, Kind::binding);
}
Answer save_business(Context& context, xml::Element asked) {
    return save(context, asked, Kind::business);
}
Answer save_service(Context& context, xml::Element asked) {
    return save(context, asked, Kind::service);
}
Answer save_tmodel(Context& context, xml::Element asked) {
    return save(context, asked, Kind::tmodel);
}
Answer delete_binding(Context& context, xml::Element asked) {
    return remove(context, asked, Kind::binding);
}
Answer delete_business(Context& context, xml::Element asked) {
    return remove(context, asked, Kind::business);
}
Answer delete_service(Context& context, xml::Element asked) {
    return remove(context, asked, Kind::service);
}
Answer delete_tmodel(Context& context, xml::Element asked) {
    return remove(context, asked, Kind::tmodel);
}

}  // namespace hutong::registry::uddi
