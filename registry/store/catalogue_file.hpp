// The catalogue on disk, for starts without the database: JSON under an HMAC-SHA-256 with this node's own
// key.
//
// One writer at a time. A file that was changed, or that another node made, is refused.
#pragma once

#include "base/home.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

Result<void> save_catalogue(const Home& home, const Catalogue& catalogue);
// Errors: not_found (never saved), corrupt (MAC or content).
Result<std::shared_ptr<const Catalogue>> load_catalogue(const Home& home);

}  // namespace hutong::registry
