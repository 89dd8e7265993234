// A service as the database has it: the one query that reads services, and how its rows become values.
//
// Pure but for the query text. A row that this program does not understand throws Failure (a newer schema
// would have been refused at start, so it is a defect).
#pragma once

#include <string>
#include <vector>

#include "base/pg/pool.hpp"
#include "registry/model/entities.hpp"

namespace hutong::registry {

// One row for each endpoint of each service that fulfils `condition` ("where …" or empty), in order.
std::string select_services(const std::string& condition);

std::vector<Service> services_of(const pg::Rows& rows);

}  // namespace hutong::registry
