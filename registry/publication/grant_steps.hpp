// How a grant is checked and given, within somebody's transaction.
#pragma once

#include "base/config/config.hpp"
#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

// Errors: not_found, naming the consumer, service or operation that there is not.
Awaitable<Result<void>> check_grant(pg::Session& session, const Grant& grant, const config::Wsdl& limits);

// Checks it too; nothing changes when it is there already.
Awaitable<Result<void>> give_grant(pg::Session& session, const Grant& grant, const config::Wsdl& limits);

}  // namespace hutong::registry
