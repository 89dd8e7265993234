// What a contract's search document is made of: names and documentation of operations and of data elements.
//
// WSDL 1.1 section 2; XML Schema 1.0 part 1 sections 3.2, 3.3, 3.13. Pure function.
#pragma once

#include "registry/store/search_documents.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry {

// 256 KiB of each at most: what comes later is not found. Files that are no XML add nothing.
ContractWords contract_words(const wsdl::Description& description, const wsdl::Bundle& bundle);

}  // namespace hutong::registry
