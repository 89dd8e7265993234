// Finds where a contract's schemas, and the parts of its rpc messages, put values of type xs:QName.
//
// By name: of an element that has such a type in one place and another in a second, both are taken.
// XML Schema 1.0 part 1 sections 3.2, 3.3 and 3.14. A pure function of the contract.
#pragma once

#include "base/xml/qname_values.hpp"
#include "wsdl/model/contract.hpp"

namespace hutong::wsdl {

// `contract` with its messages described.
xml::QNameValues qname_values_of(const Contract& contract);

}  // namespace hutong::wsdl
