// Answers finds from the database: one statement each, and one more for an embedded find_tModel, for what is
// inside the results, for a pattern that nothing or very much begins like, and for keys that nothing found
// proves to be there.
//
// UDDI v3.0.2 sections 5.1.9 to 5.1.13. Thread-safe as far as the session is.
#pragma once

#include "base/pg/pool.hpp"
#include "registry/model/uddi/find.hpp"

namespace hutong::registry::uddi {

inline constexpr unsigned most_rows = 1000;           // of one answer
inline constexpr unsigned most_embedded_rows = 1000;  // of an embedded find_tModel

struct Hit {
    std::string key, parent;
    std::string names, descriptions;  // as text
    std::string services;             // of a business: its serviceInfos' content
};

struct Found {
    std::vector<Hit> hits;
    unsigned head{1};
    unsigned total{0};
    bool truncated() const { return head - 1 + hits.size() < total; }
};

// Errors: E_invalidKeyPassed (a key in the criteria is that of no such entity), E_resultSetTooLarge (an
// embedded find_tModel).
Awaitable<OrFault<Found>> find(pg::Session& session, const Find& asked);

// All keys that match, of so many at most. Error: E_resultSetTooLarge.
inline constexpr unsigned most_matches = 20'000;
Awaitable<OrFault<std::vector<std::string>>> matching_keys(pg::Session& session, const Find& asked);

// relatedBusinessInfos, as text.
struct RelatedFound {
    std::string infos;
    unsigned head{1}, count{0}, total{0};
};
Awaitable<OrFault<RelatedFound>> find_related(pg::Session& session, const RelatedTo& asked);

}  // namespace hutong::registry::uddi
