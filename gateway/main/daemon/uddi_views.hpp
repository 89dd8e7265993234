// Makes sure that the registry has its canonical tModels and a UDDI view of everything that is published.
//
// Runs on the control thread; references outlive it.
#pragma once

#include "base/config/config.hpp"
#include "base/pg/pool.hpp"

namespace hutong::daemon {

// Once; false where it failed, which is logged.
Awaitable<bool> complete_uddi_views(pg::Pool& pool, const config::Wsdl& limits);

// Until it has succeeded; ends when the timer is cancelled.
Awaitable<> keep_completing_uddi_views(pg::Pool& pool, const config::Wsdl& limits, asio::steady_timer& timer);

}  // namespace hutong::daemon
