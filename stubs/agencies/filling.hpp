// Creates the schema demo_agencies and fills it with generated companies, once.
//
// A coroutine on the pool's executor. Programs that start together wait for each other on an advisory lock.
#pragma once

#include <cstdint>

#include "base/pg/pool.hpp"

namespace hutong::agencies {

struct Dossier;

// Writes companies with their entries in all registers; used for a new registration too.
Awaitable<Result<void>> insert(pg::Session& session, const std::vector<Dossier>& dossiers);

// All in one transaction: after a crash there is the whole data or none.
Awaitable<Result<void>> create_if_absent(pg::Pool& pool, unsigned companies, std::uint64_t seed);

}  // namespace hutong::agencies
