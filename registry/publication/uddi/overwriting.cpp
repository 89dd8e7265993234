#include "registry/publication/uddi/overwriting.hpp"

#include "base/coroutine.hpp"
#include "registry/model/uddi/state_tag.hpp"
#include "registry/store/sql.hpp"
#include "registry/store/uddi/details.hpp"

namespace hutong::registry::uddi {

namespace {

Target target_of(const std::string& key, Kind kind) {
    return {"\"" + key + "\"", "GET", std::string(key_name_of(kind))};
}

Fault not_named(const std::string& key, const Known& there) {
    Fault fault(failure::value_not_allowed,
                "\"" + key + "\" would be taken from \"" + there.parent +
                    "\", and If-Match does not name it as it is: add the ETag that a GET of it gives to "
                    "If-Match, which is a list. Nothing was changed.",
                std::string(key_name_of(there.kind)));
    fault.status = 412;
    return fault;
}

}  // namespace

OrFault<void> check_if_match(const Context& context, const Target& target, const std::string& now) {
    Fault fault(failure::value_not_allowed, {}, target.key_type);
    if (!context.says_seen()) {
        if (!context.must_see) return {};
        fault.status = 428;
        fault.detail = target.name + " is there already, and this registry takes no edit that does not say " +
                       "what it builds on: send the ETag that a " + target.look +
                       " of it gives as If-Match. Nothing was changed.";
        return fault;
    }
    if (is_matched(context.if_match, now)) return {};
    const std::string changed = changes_since(context.if_match, now);
    fault.status = 412;
    fault.detail = target.name + " is not what If-Match names" +
                   (changed.empty() ? ", which is no ETag of a " + target.look + " of it"
                                    : ": changed since then were " + changed) +
                   ". Nothing was changed; " + target.look + " it again.";
    return fault;
}

// Nothing: it is not there, or not the publisher's to change, for which he is refused.
const Known* Overwriting::own(const std::string& key) const {
    const auto found = known_.find(key);
    if (found == known_.end() || found->second.owner != context_.publisher.org ||
        found->second.is_service_view())
        return nullptr;
    return &found->second;
}

Awaitable<OrFault<std::string>> Overwriting::tag_of(std::string key, Kind kind) {
    std::vector<std::string> asked(1, std::move(key));
    HUTONG_CO_ASSIGN(const std::string text,
                     co_await details(session_, kind, std::move(asked), context_.public_url));
    HUTONG_CO_ASSIGN(const xml::Document now, xml::parse(answer_element(detail_of(kind), text)));
    co_return state_tag(now.root().first_child());
}

// Of each the last edit of somebody else that still stands: of itself, of what is below it, or that took
// something from there. One's own edits meanwhile, also of something below, hide none of it.
Awaitable<OrFault<void>> Overwriting::note_others(const std::set<std::string>& keys) {
    HUTONG_QUERY(
        rows, session_,
        "with recursive below (root, key) as (select k, k from unnest($1::text[]) k union all select b.root, "
        "e.key::text from below b join uddi_entities e on e.parent = b.key) select distinct on (root) root, "
        "editor, " +
            as_utc("at") +
            " from (select b.root, e.editor, e.modified as at from below b join uddi_entities e on e.key = "
            "b.key union all select b.root, r.editor, r.at from below b join uddi_removals r on r.entity = "
            "b.key) edits where editor not in ('', $2) order by root, at desc",
        with(pg::array(std::vector<pg::Param>(keys.begin(), keys.end())), context_.publisher.name));
    for (std::size_t i = 0; i < rows.size(); ++i)
        context_.notes.replaced.push_back(
            {std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), std::string(rows.text(i, 2)), {}});
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Overwriting::check_seen(const std::set<std::string>& keys,
                                                 const std::set<std::string>& taken) {
    if (const std::string& key = *keys.begin(); !key.empty()) {
        HUTONG_CO_ASSIGN(const std::string now, co_await tag_of(key, kind_));
        HUTONG_CO_TRY(check_if_match(context_, target_of(key, kind_), now));
    }
    for (const std::string& key : taken) {
        const Known* const there = own(key);
        if (there == nullptr) continue;
        HUTONG_CO_ASSIGN(const std::string now, co_await tag_of(key, there->kind));
        if (!is_matched(context_.if_match, now)) co_return not_named(key, *there);
    }
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Overwriting::check(std::set<std::string> keys, std::set<std::string> taken) {
    context_.notes.replaced.clear();
    if (!context_.if_match.empty()) {
        if (keys.size() != 1 || (keys.begin()->empty() && taken.empty()))
            co_return Fault(failure::unsupported,
                            "If-Match is for a request about one entity that has a key, not for several.");
        if (context_.says_seen()) co_return co_await check_seen(keys, taken);
        // Whatever is there, but it must be.
        if (const std::string& key = *keys.begin(); !key.empty()) HUTONG_CO_TRY(co_await tag_of(key, kind_));
    }
    keys.merge(taken);
    std::set<std::string> overwritten;
    for (const std::string& key : keys) {
        const Known* const there = own(key);
        if (there == nullptr) continue;
        HUTONG_CO_TRY(check_if_match(context_, target_of(key, there->kind), {}));
        overwritten.insert(key);
    }
    co_return co_await note_others(overwritten);
}

Awaitable<OrFault<void>> Overwriting::remember() {
    for (const ReplacedEntity& one : context_.notes.replaced) {
        if (before_.size() == Notes::most_told) break;  // each is looked at twice
        HUTONG_CO_ASSIGN(before_[one.key], co_await tag_of(one.key, known_.at(one.key).kind));
    }
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> Overwriting::compare() {
    std::vector<ReplacedEntity> left;
    for (ReplacedEntity& one : context_.notes.replaced) {
        if (const auto before = before_.find(one.key); before != before_.end()) {
            HUTONG_CO_ASSIGN(const std::string now, co_await tag_of(one.key, known_.at(one.key).kind));
            one.changed = changes_since("\"" + before->second + "\"", now);
            if (one.changed.empty()) continue;
        }
        left.push_back(std::move(one));
    }
    context_.notes.replaced = std::move(left);
    co_return OrFault<void>();
}

}  // namespace hutong::registry::uddi
