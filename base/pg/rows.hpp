// What Rows holds: one libpq result. Internal to base/pg.
#pragma once

#include "base/pg/libpq.hpp"
#include "base/pg/pool.hpp"

namespace hutong::pg {

struct Rows::State {
    ResultHandle result;
};

}  // namespace hutong::pg
