// The registry's statements are written with base/pg/sql.hpp's short names.
#pragma once

#include "base/pg/sql.hpp"

namespace hutong::registry {

using pg::as_utc;
using pg::or_null;
using pg::utc;
using pg::with;

}  // namespace hutong::registry
