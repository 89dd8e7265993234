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
    bool details{false};  // get_…Detail: whole entities are told
};
OrFault<Filter> read_filter(const std::string& text);

// Notes which entities match now, and since when others do no more.
Awaitable<OrFault<void>> note_matches(pg::Session& session, const Subscription& subscription,
                                      const Filter& filter);

struct Results {
    std::string text;  // <subscriptionResultsList>
    bool empty{true};  // nothing to tell
};
// From `from` to `until`, beginning with the entity at `offset`. note_matches() first.
Awaitable<OrFault<Results>> results_of(pg::Session& session, const Subscription& subscription,
                                       const Filter& filter, TimePoint from, TimePoint until, unsigned offset,
                                       const std::string& public_url);

}  // namespace hutong::registry::uddi
