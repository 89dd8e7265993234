// Services that publishers saved with the address of a WSDL, kept as drafts for their agency to complete.
//
// The address is kept and never fetched: what it names is the publisher's word (no request leaves the
// platform because of it). Works inside the transaction that saves the entities.
#pragma once

#include <set>
#include <string>

#include "base/pg/pool.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

// `services` are serviceKeys. Those that have a WSDL become drafts of their owner, or the drafts they were
// with the owner, name and address they have now; those that have none any more are none. What was completed
// stays.
Awaitable<OrFault<void>> note_drafts(pg::Session& session, std::set<std::string> services);
// The same for the services of `org` that refer to these tModels. Others' are left until they are saved
// again: a tModel that everybody uses would make one save the work of all.
Awaitable<OrFault<void>> note_drafts_by(pg::Session& session, std::string org, std::set<std::string> tmodels);

// The name a draft is published by: the service's own in UDDI where that can be one, else what its key ends
// in, else one made from the key. Pure.
std::string draft_name(const std::string& name, const std::string& key);

// The first address of a WSDL among overviewURLs of this text of an entity; empty: none. Pure.
std::string wsdl_address(const std::string& text);

}  // namespace hutong::registry::uddi
