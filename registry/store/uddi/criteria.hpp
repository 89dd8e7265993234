// The criteria of a find as SQL conditions on uddi_entities e. Internal to the store.
//
// UDDI v3.0.2 section 5.1.4. Each criterion is a set of keys that an index gives; no condition looks at each
// entity.
#pragma once

#include "registry/model/uddi/find.hpp"
#include "registry/store/uddi/statement.hpp"

namespace hutong::registry::uddi {

// Whether names and values are compared in their coarsest form first.
bool is_coarse(const Qualifiers& qualifiers);

// "column is what was asked for", by the qualifiers; `folded` is its coarsest form (0020_uddi.sql).
std::string matches(Statement& statement, const Qualifiers& qualifiers, const std::string& column,
                    const std::string& folded, const std::string& asked);

// What each of the names asked for begins with, where they are patterns (approximateMatch) and all begin with
// something; otherwise nothing.
std::vector<std::string> beginnings(const Find& find);

// How names that match a pattern are come by: PostgreSQL plans for each pattern anew, or reads what begins so
// and looks at all of it, which is right where that is little (0035_names_from.sql).
enum class NamesBy { pattern, beginning };

// " and …" of uddi_assertions a: made by both sides, and the relationship asked for.
std::string relationship_condition(Statement& statement, const RelatedTo& related);

// All of the find's criteria, beginning with "e.kind = …".
std::string conditions(Statement& statement, const Find& find, NamesBy by = NamesBy::pattern);

// What results are ordered by, on uddi_entities e.
std::string order(const Find& find);

}  // namespace hutong::registry::uddi
