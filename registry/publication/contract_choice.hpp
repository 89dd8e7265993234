// What is decided from the contract when it is published: which wsdl:service, which endpoints, which
// operations.
//
// Pure functions.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "registry/publication/publication.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry {

// The name of the wsdl:service to publish; invalid, when there are several and none is named.
Result<std::string> choose_service(const wsdl::Description& description, const std::string& asked);
// The endpoints asked for, or the addresses in the contract. Absolute http(s) URLs, at least one.
Result<std::vector<std::string>> choose_endpoints(const wsdl::Description& description,
                                                  const std::string& wsdl_service,
                                                  std::vector<std::string> asked);
std::set<std::string> operations_of(const wsdl::Description& description);

}  // namespace hutong::registry
