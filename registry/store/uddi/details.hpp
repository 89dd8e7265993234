// Whole entities as the text of an answer, with what they contain: one statement whatever their number.
//
// Thread-safe as far as the session is.
#pragma once

#include "base/pg/pool.hpp"
#include "registry/model/uddi/entity.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

// In the order of the keys. Error: E_invalidKeyPassed, naming the first key that no such entity has.
Awaitable<OrFault<std::string>> details(pg::Session& session, Kind kind, std::vector<std::string> keys,
                                        std::string public_url);

// operationalInfo elements (section 3.8).
Awaitable<OrFault<std::string>> operational_infos(pg::Session& session, std::vector<std::string> keys,
                                                  std::string node_id);

}  // namespace hutong::registry::uddi
