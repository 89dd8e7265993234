// Whether what entities refer to exists, and whether the values of checked value sets are values.
//
// UDDI v3.0.2 sections 5.2.3, 5.6 and 11.1. Errors: E_invalidKeyPassed (a tModelKey is nobody's),
// E_unvalidatable (its value set takes no references), E_invalidValue, E_valueNotAllowed; each says where the
// reference stands.
#pragma once

#include <set>

#include "base/pg/pool.hpp"
#include "registry/model/uddi/entity.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

// Of the entities and all below them. `also`: tModels that the same request saves.
Awaitable<OrFault<void>> check_references(pg::Session& session, const std::vector<Entity>& entities,
                                          const std::set<std::string>& also);

// Of keyedReferences that stand alone.
struct LoneReference {
    Reference reference;
    std::string place;  // where, for faults: "the publisherAssertion from …"
};
Awaitable<OrFault<void>> check_references(pg::Session& session, const std::vector<LoneReference>& references);

}  // namespace hutong::registry::uddi
