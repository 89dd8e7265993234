// Reads entities and bags out of validated requests.
//
// Relies on the contract's schema having been checked; what it does not know it leaves out. Pure functions.
#pragma once

#include "base/xml/document.hpp"
#include "registry/model/uddi/entity.hpp"

namespace hutong::registry::uddi {

// A businessEntity, businessService, bindingTemplate or tModel, with its children.
Entity read_entity(const xml::Element& element, Kind kind);

Bags read_bags(const xml::Element& holder);  // the categoryBag and identifierBag below it
Reference read_reference(const xml::Element& element);
std::vector<Name> read_names(const xml::Element& holder);

}  // namespace hutong::registry::uddi
