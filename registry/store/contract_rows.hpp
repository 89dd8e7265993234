// The files of a stored contract.
//
// Thread-safe as far as the session is.
#pragma once

#include <string>

#include "base/pg/pool.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry {

// No files: there is no such contract.
Awaitable<Result<wsdl::Bundle>> read_contract(pg::Session& session, const std::string& id);

}  // namespace hutong::registry
