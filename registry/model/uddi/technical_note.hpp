// Organisations and published services as UDDI entities.
//
// OASIS technical note "Using WSDL in a UDDI Registry" 2.0.2: a tModel for each portType and each binding of
// the service's ports, a businessService, and a bindingTemplate for each port, at the gateway's address. Pure
// functions.
#pragma once

#include "registry/model/entities.hpp"
#include "registry/model/uddi/entity.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry::uddi {

std::string business_key(std::string_view org);
std::string service_key(std::string_view org, std::string_view name);

Entity view_of(const Organisation& organisation);

struct ServiceView {
    Entity service;  // with its bindingTemplates
    std::vector<Entity> tmodels;
};
ServiceView view_of(const Service& service, const wsdl::Description& description);

}  // namespace hutong::registry::uddi
