// GET below /services/: the published contract of a service (?wsdl, ?wsdl=PATH, ?xsd=PATH).
#pragma once

#include <string>
#include <string_view>

#include "gateway/http/message.hpp"
#include "gateway/pipeline/routing_table.hpp"

namespace hutong::gateway {

// `table` may be null: not ready yet.
// The query as the key that wsdl/publish uses: percent-decoded once, "WSDL" in any case meaning "wsdl".
std::string contract_query(std::string_view query);

http::Response contract_page(const RoutingTable* table, const std::string& service, std::string_view query);

}  // namespace hutong::gateway
