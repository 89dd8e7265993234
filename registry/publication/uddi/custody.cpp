// Ownership transfer between organisations of this registry (section 5.4): a token for some entities, made by
// their owner, lets whoever shows it take over just these.
#include "base/clock.hpp"
#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/drafts.hpp"
#include "registry/publication/uddi/known.hpp"
#include "registry/publication/uddi/operations.hpp"
#include "registry/publication/uddi/transaction.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::chrono::hours token_life{24};

OrFault<std::set<std::string>> keys_in(const xml::Element& bag) {
    std::set<std::string> keys;
    for (const xml::Element one : bag.children(ns_custody, "key"))
        if (!keys.insert(fold_key(one.text())).second)
            return Fault(failure::invalid_key,
                         "The key \"" + fold_key(one.text()) + "\" stands twice in the keyBag.");
    return keys;
}

std::string array_of(const std::set<std::string>& keys) {
    return pg::array(std::vector<pg::Param>(keys.begin(), keys.end()));
}

// Only what stands on its own is handed over; what is below goes along (section 5.4.2).
OrFault<void> check_transferable(const std::set<std::string>& keys, const KnownEntities& known,
                                 const std::string& org) {
    for (const std::string& key : keys) {
        const auto found = known.find(key);
        if (found == known.end()) return Fault(failure::invalid_key, "There is no entity \"" + key + "\".");
        const Known& one = found->second;
        HUTONG_TRY(check_owner(key, one, org));
        if (one.kind != Kind::business && one.kind != Kind::tmodel)
            return Fault(
                failure::transfer_not_allowed,
                "\"" + key +
                    "\" goes with what contains it; only businessEntities and tModels are transferred.");
        if (!one.org.empty())
            return Fault(
                failure::transfer_not_allowed,
                "\"" + key + "\" is a view of what this platform has of the organisation " + one.org + ".");
    }
    return {};
}

// `made`: those of the keys that had none.
Fault has_token_already(const std::set<std::string>& keys, const pg::Rows& made, const KnownEntities& known) {
    std::set<std::string> left = keys;
    for (std::size_t i = 0; i < made.size(); ++i) left.erase(std::string(made.text(i, 0)));
    const std::string& key = *left.begin();
    const Kind kind = known.at(key).kind;
    return {failure::token_exists,
            "The " + std::string(element_of(kind)) + " \"" + key +
                "\" of the keyBag has a transferToken already: discard_transferToken first.",
            std::string(key_name_of(kind))};
}

Result<std::string> digest_in(const xml::Element& token) {
    HUTONG_ASSIGN(const Bytes octets, from_base64(token.child(ns_custody, "opaqueToken").text()));
    return to_hex(sha256(ByteView(octets)));
}

}  // namespace

Answer get_transfer_token(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(const std::set<std::string> keys, keys_in(asked.child(ns_custody, "keyBag")));
    const Bytes secret = random_bytes(32);
    const TimePoint expires = system_clock().now() + token_life;
    auto work = [&context, &keys, &secret, expires](pg::Session& session) -> Awaitable<OrFault<void>> {
        const std::string& org = context.publisher.org;
        HUTONG_CO_ASSIGN(const KnownEntities known, co_await lock_entities(session, keys));
        HUTONG_CO_TRY(check_transferable(keys, known, org));
        HUTONG_QUERY(old, session, "delete from uddi_transfers where expires < now()");
        HUTONG_QUERY(made, session,
                     "insert into uddi_transfers (entity, digest, owner, expires) select k, $2, $3, "
                     "$4::timestamptz from "
                     "unnest($1::text[]) k on conflict do nothing returning entity",
                     with(array_of(keys), to_hex(sha256(ByteView(secret))), org, format_utc(expires)));
        if (made.size() < keys.size()) co_return has_token_already(keys, made, known);
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return "<transferToken xmlns=\"" + std::string(ns_custody) + "\"><nodeID xmlns=\"" + std::string(ns) +
        "\">" + std::string(node_id) + "</nodeID>" + element("expirationTime", format_utc(expires)) +
        element("opaqueToken", to_base64(secret)) + "</transferToken>";
}

Answer transfer_entities(Context& context, xml::Element asked) {
    HUTONG_CO_ASSIGN(const std::set<std::string> keys, keys_in(asked.child(ns_custody, "keyBag")));
    HUTONG_CO_ASSIGN(const std::string digest, digest_in(asked.child(ns_custody, "transferToken")));
    auto work = [&context, &keys, &digest](pg::Session& session) -> Awaitable<OrFault<void>> {
        HUTONG_CO_ASSIGN(const KnownEntities known, co_await lock_entities(session, keys));
        HUTONG_QUERY(rows, session,
                     "delete from uddi_transfers where digest = $1 returning entity, owner, expires > now()",
                     with(digest));
        std::set<std::string> meant;
        std::string owner;
        bool good = !rows.empty();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            meant.emplace(rows.text(i, 0));
            owner = rows.text(i, 1);
            good = good && rows.boolean(i, 2);
        }
        if (!good || meant != keys)
            co_return Fault(failure::transfer_not_allowed,
                            "The transferToken is not known, has expired, or is not for just these keys.");
        HUTONG_CO_TRY(check_transferable(keys, known, owner));
        HUTONG_QUERY(
            moved, session,
            "with recursive all_of (key) as (select unnest($1::text[]) union select e.key from uddi_entities "
            "e "
            "join all_of a on e.parent = a.key), forgotten as (delete from uddi_removals where entity in "
            "(select key "
            "from all_of)) update uddi_entities set owner = $2, editor = '', modified = "
            "now(), "
            "modified_below = now() where key in (select key from all_of) returning key, kind",
            with(array_of(keys), context.publisher.org));
        std::set<std::string> services;
        for (std::size_t i = 0; i < moved.size(); ++i)
            if (moved.text(i, 1) == "service") services.emplace(moved.text(i, 0));
        co_return co_await note_drafts(session, std::move(services));
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return std::string();
}

Answer discard_transfer_token(Context& context, xml::Element asked) {
    if (const xml::Element token = asked.child(ns_custody, "transferToken")) {
        HUTONG_CO_ASSIGN(const std::string digest, digest_in(token));
        HUTONG_QUERY(gone, context.pool, "delete from uddi_transfers where digest = $1 and owner = $2",
                     with(digest, context.publisher.org));
        co_return std::string();
    }
    HUTONG_CO_ASSIGN(const std::set<std::string> keys, keys_in(asked.child(ns_custody, "keyBag")));
    // The token of one key is no good any more without it, so it goes for all of its keys.
    HUTONG_QUERY(
        gone, context.pool,
        "delete from uddi_transfers where owner = $2 and digest in (select digest from uddi_transfers "
        "where entity = any($1::text[]))",
        with(array_of(keys), context.publisher.org));
    co_return std::string();
}

}  // namespace hutong::registry::uddi
