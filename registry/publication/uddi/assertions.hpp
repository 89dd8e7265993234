// The status report of an organisation's assertions, for whoever asks and for who subscribes to it.
//
// UDDI v3.0.2 section 5.2.12.
#pragma once

#include <string>

#include "base/pg/pool.hpp"
#include "registry/model/uddi/fault.hpp"

namespace hutong::registry::uddi {

// <assertionStatusReport> of the assertions in which a business of `org` takes part. `status`: those of this
// completionStatus; empty: all.
Awaitable<OrFault<std::string>> assertion_status_report(pg::Session& session, std::string org,
                                                        std::string status);

}  // namespace hutong::registry::uddi
