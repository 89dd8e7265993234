// publisherAssertions and their status report (sections 3.7, 5.2.6, 5.2.9, 5.2.12, 5.2.13, 5.2.19).
//
// An assertion counts once the owners of both businesses have made it; the owner of both makes it in one go.
// Who makes it without a signature leaves the one that it has.
#include "registry/publication/uddi/assertions.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/coroutine.hpp"
#include "registry/model/uddi/entity_reader.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/known.hpp"
#include "registry/publication/uddi/operations.hpp"
#include "registry/publication/uddi/overwriting.hpp"
#include "registry/publication/uddi/transaction.hpp"
#include "registry/store/sql.hpp"
#include "registry/validation/references.hpp"

namespace hutong::registry::uddi {

namespace {

struct Assertion {
    std::string from, to;
    Reference reference;
    std::string signatures;
};

std::vector<Assertion> read_assertions(const xml::Element& asked) {
    std::vector<Assertion> all;
    for (const xml::Element one : asked.children(ns, "publisherAssertion")) {
        Assertion assertion{fold_key(child_text(one, "fromKey")),
                            fold_key(child_text(one, "toKey")),
                            read_reference(one.child(ns, "keyedReference")),
                            {}};
        for (const xml::Element child : one.children())
            if (child.ns() != ns) assertion.signatures += normal_text(child);
        all.push_back(std::move(assertion));
    }
    return all;
}

// An organisation's assertions are made and taken back one request after the other.
Awaitable<OrFault<void>> hold_assertions(pg::Session& session, const std::string& org) {
    HUTONG_QUERY(held, session, "select 1 from organisations where id = $1 for no key update", with(org));
    co_return OrFault<void>();
}

// Which of its sides the organisation speaks for. Error: E_userMismatch, when for none.
struct Sides {
    bool from{false}, to{false};
};

OrFault<Sides> sides_of(const Assertion& one, const KnownEntities& known, const std::string& org) {
    for (const std::string* key : {&one.from, &one.to}) {
        const auto found = known.find(*key);
        if (found == known.end() || found->second.kind != Kind::business)
            return Fault(failure::invalid_key,
                         "There is no businessEntity \"" + *key + "\" in this registry.", "businessKey");
    }
    const Sides sides{known.at(one.from).owner == org, known.at(one.to).owner == org};
    if (sides.from || sides.to) return sides;
    return Fault(failure::user_mismatch,
                 "Neither \"" + one.from + "\" nor \"" + one.to + "\" belongs to your organisation.",
                 "businessKey");
}

Awaitable<OrFault<void>> insert(pg::Session& session, const std::vector<Assertion>& assertions,
                                const std::string& org) {
    HUTONG_CO_TRY(co_await hold_assertions(session, org));
    std::set<std::string> keys;
    std::vector<LoneReference> references;
    for (const Assertion& one : assertions) {
        keys.insert(one.from);
        keys.insert(one.to);
        references.push_back(
            {one.reference, "the publisherAssertion from \"" + one.from + "\" to \"" + one.to + "\""});
    }
    HUTONG_CO_ASSIGN(const KnownEntities known, co_await lock_entities(session, keys));
    HUTONG_CO_TRY(co_await check_references(session, references));
    for (const Assertion& one : assertions) {
        HUTONG_CO_ASSIGN(const Sides sides, sides_of(one, known, org));
        HUTONG_QUERY(
            made, session,
            "insert into uddi_assertions (from_key, to_key, tmodel, name, value, by_from, by_to, signatures) "
            "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (from_key, to_key, tmodel, name, value) "
            "do update set by_from = uddi_assertions.by_from or excluded.by_from, "
            "by_to = uddi_assertions.by_to or excluded.by_to, "
            "signatures = coalesce(nullif(excluded.signatures, ''), uddi_assertions.signatures)",
            with(one.from, one.to, one.reference.tmodel, one.reference.name, one.reference.value,
                 std::string(sides.from ? "true" : "false"), std::string(sides.to ? "true" : "false"),
                 one.signatures));
    }
    co_return OrFault<void>();
}

// Takes back the organisation's word; a row that nobody stands by goes.
constexpr const char* take_back =
    "with mine as (select a.from_key, a.to_key, a.tmodel, a.name, a.value, a.by_from and f.owner is distinct "
    "from $1 f, "
    "a.by_to and t.owner is distinct from $1 t from uddi_assertions a join uddi_entities f on f.key = "
    "a.from_key "
    "join uddi_entities t on t.key = a.to_key where ((a.by_from and f.owner = $1) or (a.by_to and t.owner = "
    "$1))";
constexpr const char* and_leave_the_rest =
    "), gone as (delete from uddi_assertions a using mine m where (a.from_key, a.to_key, a.tmodel, a.name, "
    "a.value) = "
    "(m.from_key, m.to_key, m.tmodel, m.name, m.value) and not m.f and not m.t), "
    "kept as (update uddi_assertions a set by_from = m.f, by_to = m.t from mine m where (a.from_key, "
    "a.to_key, a.tmodel, "
    "a.name, a.value) = (m.from_key, m.to_key, m.tmodel, m.name, m.value) and (m.f or m.t)) select count(*) "
    "from mine";

std::string assertion_text(const pg::Rows& rows, std::size_t i) {
    return "<publisherAssertion>" + element("fromKey", rows.text(i, 0)) + element("toKey", rows.text(i, 1)) +
           "<keyedReference" + attribute("tModelKey", rows.text(i, 2)) +
           attribute("keyName", rows.text(i, 3)) + attribute("keyValue", rows.text(i, 4)) + "/>" +
           std::string(rows.text(i, 5)) + "</publisherAssertion>";
}

Awaitable<OrFault<std::vector<std::string>>> own_assertions(pg::Session& session, const std::string& org) {
    HUTONG_QUERY(
        rows, session,
        "select a.from_key, a.to_key, a.tmodel, a.name, a.value, a.signatures from uddi_assertions a "
        "join uddi_entities f on f.key = a.from_key join uddi_entities t on t.key = a.to_key "
        "where (a.by_from and f.owner = $1) or (a.by_to and t.owner = $1) order by 1, 2, 3, 4, 5",
        with(org));
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < rows.size(); ++i) texts.push_back(assertion_text(rows, i));
    co_return texts;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& one : texts) all += one;
    return all;
}

// As state_tag() has it; the set is one part.
std::string tag_of(const std::vector<std::string>& assertions) {
    return "publisherAssertion=" + to_hex(sha256(joined(assertions))).substr(0, 12);
}

// Whose each assertion was is not kept: an organisation says it, whoever of its publishers asked.
void note_loss(Context& context, const std::vector<std::string>& before,
               const std::vector<std::string>& now) {
    context.notes.replaced.clear();
    const std::set<std::string_view> kept(now.begin(), now.end());
    const auto is_kept = [&kept](const std::string& one) { return kept.contains(one); };
    if (!context.says_seen() && !std::ranges::all_of(before, is_kept))
        context.notes.replaced.push_back({"publisherAssertions", {}, {}, "publisherAssertion"});
}

// The set must be what its sender has seen; there is none to be seen before the first assertion.
OrFault<void> check_set_seen(const Context& context, const std::vector<std::string>& before) {
    if (before.empty() && !context.says_seen()) return {};
    const Target set{"The set of your organisation's assertions", "get_publisherAssertions", {}};
    return check_if_match(context, set, tag_of(before));
}

}  // namespace

Answer add_assertions(Context& context, xml::Element asked) {
    const std::vector<Assertion> assertions = read_assertions(asked);
    auto work = [&context, &assertions](pg::Session& session) -> Awaitable<OrFault<void>> {
        co_return co_await insert(session, assertions, context.publisher.org);
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return std::string();
}

Answer delete_assertions(Context& context, xml::Element asked) {
    const std::vector<Assertion> assertions = read_assertions(asked);
    auto work = [&context, &assertions](pg::Session& session) -> Awaitable<OrFault<void>> {
        HUTONG_CO_TRY(co_await hold_assertions(session, context.publisher.org));
        for (const Assertion& one : assertions) {
            HUTONG_QUERY(found, session,
                         std::string(take_back) +
                             " and (a.from_key, a.to_key, a.tmodel, a.name, a.value) = ($2, $3, $4, $5, $6)" +
                             and_leave_the_rest,
                         with(context.publisher.org, one.from, one.to, one.reference.tmodel,
                              one.reference.name, one.reference.value));
            if (found.integer(0, 0) == 0)
                co_return Fault(failure::assertion_not_found,
                                "Your organisation has made no such assertion from \"" + one.from +
                                    "\" to \"" + one.to + "\".");
        }
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return std::string();
}

// What is not in the new set is taken back; the answer is the set (section 5.2.19).
Answer set_assertions(Context& context, xml::Element asked) {
    const std::vector<Assertion> assertions = read_assertions(asked);
    std::vector<std::string> now;
    auto work = [&context, &assertions, &now](pg::Session& session) -> Awaitable<OrFault<void>> {
        HUTONG_CO_TRY(co_await hold_assertions(session, context.publisher.org));
        HUTONG_CO_ASSIGN(const auto before, co_await own_assertions(session, context.publisher.org));
        HUTONG_CO_TRY(check_set_seen(context, before));
        HUTONG_QUERY(gone, session, std::string(take_back) + and_leave_the_rest, with(context.publisher.org));
        HUTONG_CO_TRY(co_await insert(session, assertions, context.publisher.org));
        HUTONG_CO_ASSIGN(now, co_await own_assertions(session, context.publisher.org));
        note_loss(context, before, now);
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    context.notes.etag = "\"" + tag_of(now) + "\"";
    co_return answer_element("publisherAssertions", joined(now));
}

Answer get_assertions(Context& context, xml::Element) {
    HUTONG_CO_ASSIGN(const auto now, co_await own_assertions(context.pool, context.publisher.org));
    context.notes.etag = "\"" + tag_of(now) + "\"";
    co_return answer_element("publisherAssertionsResponse", joined(now));
}

Awaitable<OrFault<std::string>> assertion_status_report(pg::Session& session, std::string org,
                                                        std::string status) {
    HUTONG_QUERY(
        rows, session,
        "select * from (select a.from_key, a.to_key, a.tmodel, a.name, a.value, f.owner = $1 mine_from, "
        "t.owner = $1 mine_to, case when a.by_from and a.by_to then 'status:complete' when a.by_to then "
        "'status:fromKey_incomplete' when a.by_from then 'status:toKey_incomplete' else "
        "'status:both_incomplete' end status from uddi_assertions a join uddi_entities f on f.key = "
        "a.from_key "
        "join uddi_entities t on t.key = a.to_key where f.owner = $1 or t.owner = $1) s "
        "where $2 = '' or status = $2 order by 1, 2, 3, 4, 5",
        with(org, status));
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string from = element("fromKey", rows.text(i, 0)), to = element("toKey", rows.text(i, 1));
        text +=
            "<assertionStatusItem" + attribute("completionStatus", rows.text(i, 7)) + ">" + from + to +
            "<keyedReference" + attribute("tModelKey", rows.text(i, 2)) +
            attribute("keyName", rows.text(i, 3)) + attribute("keyValue", rows.text(i, 4)) + "/>" +
            enclosed("keysOwned", (rows.text(i, 5) == "t" ? from : "") + (rows.text(i, 6) == "t" ? to : "")) +
            "</assertionStatusItem>";
    }
    co_return answer_element("assertionStatusReport", text);
}

Answer get_assertion_status_report(Context& context, xml::Element asked) {
    co_return co_await assertion_status_report(context.pool, context.publisher.org,
                                               child_text(asked, "completionStatus"));
}

}  // namespace hutong::registry::uddi
