// The OpenAPI 3.1 document of the JSON API, made from the table of commands.
//
// A pure function of the table.
#pragma once

#include <boost/json/object.hpp>

#include "gateway/main/admin/commands.hpp"

namespace hutong::api {

boost::json::object openapi_document(std::span<const admin::Command> commands, std::string_view version);

}  // namespace hutong::api
