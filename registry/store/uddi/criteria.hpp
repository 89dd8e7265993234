// The criteria of a find as SQL conditions on uddi_entities e. Internal to the store.
//
// UDDI v3.0.2 section 5.1.4. Each criterion is a set of keys that an index gives; no condition looks at each
// entity.
#pragma once

#include "registry/model/uddi/find.hpp"
#include "registry/store/uddi/statement.hpp"

namespace hutong::registry::uddi {

// "column is what was asked for", by the qualifiers; `folded` is its coarsest form (0020_uddi.sql).
std::string matches(Statement& statement, const Qualifiers& qualifiers, const std::string& column,
                    const std::string& folded, const std::string& asked);

// How names that match a pattern are come by: PostgreSQL plans for each pattern anew, or reads what begins so
// and looks at all of it, which finds nothing where that is much (0035_names_from.sql).
enum class NamesBy { pattern, beginning };
// Whether the find is for one pattern (approximateMatch) that begins with something.
bool begins_telling(const Find& find);

// " and …" of uddi_assertions a: made by both sides, and the relationship asked for.
std::string relationship_condition(Statement& statement, const RelatedTo& related);

// All of the find's criteria, beginning with "e.kind = …".
std::string conditions(Statement& statement, const Find& find, NamesBy by = NamesBy::pattern);

// What results are ordered by, on uddi_entities e.
std::string order(const Find& find);

}  // namespace hutong::registry::uddi
