// The UDDI views of organisations and published services, kept with what they are views of.
//
// Each works inside the transaction that changes the organisation or the service, so that the two cannot
// disagree. With the view of a service goes the document that the search finds it by.
#pragma once

#include "base/config/config.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry::uddi {

// Whoever changes something in UDDI locks what is above it first; so does who will store or remove the view
// of a service, before he locks the service's own row.
Awaitable<Result<void>> lock_above(pg::Session& session, const std::string& org);

Awaitable<Result<void>> store_view(pg::Session& session, const Organisation& organisation);
Awaitable<Result<void>> store_view(pg::Session& session, const Service& service,
                                   const wsdl::Description& description, const wsdl::Bundle& bundle);
// With the contract that the database has, which is read on `blocking`.
Awaitable<Result<void>> store_view(pg::Session& session, const Service& service, const config::Wsdl& limits,
                                   asio::thread_pool& blocking);
// The service and its bindings go; its tModels are hidden, since others may refer to them.
Awaitable<Result<void>> remove_view(pg::Session& session, const std::string& org, const std::string& name);

// The canonical tModels, and the views and documents that an older version of this program left out: for the
// start of a node. All of it is one transaction; of several nodes one does it. Returns how many entities were
// made.
Awaitable<Result<unsigned>> complete_views(pg::Pool& pool, const config::Wsdl& limits);

}  // namespace hutong::registry::uddi
