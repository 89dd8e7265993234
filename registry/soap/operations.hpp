// Which operation of which API set is done by what: one row each.
#pragma once

#include <string_view>

#include "registry/soap/context.hpp"

namespace hutong::registry::uddi {

struct OperationRow {
    std::string_view api;
    std::string_view ns;
    std::string_view name;  // of the request's element
    bool publishers;        // only they may ask
    Operation run;
};

const OperationRow* find_operation(std::string_view api, std::string_view ns,
                                   std::string_view name);  // nullptr: none

}  // namespace hutong::registry::uddi
