// A subscription as a value, as a row and as text; and what it has to tell of a time.
//
// UDDI v3.0.2 sections 5.5.1 to 5.5.6. Works inside the caller's session.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/uddi/fault.hpp"
#include "registry/model/uddi/find.hpp"

namespace hutong::registry::uddi {

struct Subscription {
    std::string key;
    std::string owner;
    std::string filter;    // the find_… or get_… request, as text
    std::string binding;   // of the listener; empty: it is asked for
    std::string interval;  // xs:duration; empty: none
    std::int64_t seconds{0};
    std::optional<unsigned> most_entities{};
    bool brief{false};
    TimePoint expires{};
    TimePoint notified{};  // until when the listener knows
    unsigned failures{0};  // to notify it, in a row
    std::string told{};    // SHA-256 of the whole list that it knows; empty: another kind of filter
};

std::string text_of(const Subscription& subscription);  // <subscription>, in the namespace of subscriptions

// Years count 365 days and months 30: an interval is how often one is told, not a date. Error:
// E_invalidValue.
OrFault<std::int64_t> seconds_of(std::string_view duration);

Awaitable<Result<std::vector<Subscription>>> read_subscriptions(pg::Session& session, std::string condition,
                                                                pg::Params params);

// What a filter looks for. Errors: as of the request that it holds.
struct Filter {
    std::string request;         // "find_service" …
    std::optional<Find> find{};  // of entities
    std::optional<RelatedTo> related{};
    std::optional<std::string> status{};  // get_assertionStatusReport: of this completionStatus; empty: all
    bool details{false};                  // get_…Detail: whole entities are told

    // Relations and assertions have no times: their list is told, whole, when it is another one.
    bool is_list() const { return !find; }
};
OrFault<Filter> read_filter(const std::string& text);

// The filter's find_relatedBusinesses or get_assertionStatusReport answered, for the subscriber `org`.
// Precondition: filter.is_list(). Error: E_invalidKeyPassed, when the business is gone.
Awaitable<OrFault<std::string>> whole_list(pg::Session& session, std::string org, const Filter& filter);

// Notes which entities match now, and since when others do no more.
Awaitable<OrFault<void>> note_matches(pg::Session& session, const Subscription& subscription,
                                      const Filter& filter);
// Under another filter: what only the old one matched is not gone.
Awaitable<OrFault<void>> forget_matches(pg::Session& session, const Subscription& subscription);

// <subscriptionResultsList>, from `from` to `until`, beginning with the entity at `offset`. note_matches()
// first.
Awaitable<OrFault<std::string>> results_of(pg::Session& session, const Subscription& subscription,
                                           const Filter& filter, TimePoint from, TimePoint until,
                                           unsigned offset, const std::string& public_url);

// The same for a listener, who gets keys first and then what they stand for, piece by piece: what changes
// meanwhile shifts nothing, and is told next time.
struct Period {
    TimePoint from, until;
};
struct Changes {
    std::vector<std::string> changed;
    std::vector<std::string> gone;  // deleted, or no longer matching
    bool empty() const { return changed.empty() && gone.empty(); }
};
// Of entities, not of a list. note_matches() first. Error: E_resultSetTooLarge.
Awaitable<OrFault<Changes>> changes_of(pg::Session& session, const Subscription& subscription,
                                       const Filter& filter, Period period);
// <subscriptionResultsList> with what `changes` names, without a chunkToken (section 5.5.12).
Awaitable<OrFault<std::string>> told_changes(pg::Session& session, const Subscription& subscription,
                                             const Filter& filter, Period period, const Changes& changes,
                                             const std::string& public_url);
std::string told_list(const Subscription& subscription, Period period, const std::string& list);

}  // namespace hutong::registry::uddi
