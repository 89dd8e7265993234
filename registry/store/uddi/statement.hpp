// An SQL statement that is put together from parts, with its parameters numbered as they come. Internal to
// the store.
//
// Values.
#pragma once

#include <string>
#include <utility>

#include "base/pg/pool.hpp"

namespace hutong::registry::uddi {

class Statement {
  public:
    // The parameter's place, "$3".
    std::string bind(std::string value) {
        params_.emplace_back(std::move(value));
        return "$" + std::to_string(params_.size());
    }
    pg::Params take() { return std::move(params_); }

  private:
    pg::Params params_;
};

}  // namespace hutong::registry::uddi
