// The few schemas that everybody imports by namespace or from a web address and nobody ships along.
#pragma once

#include <string_view>

namespace hutong::wsdl {

// The declarations contracts use of it, as a self-contained xs:schema; empty when the namespace is not one of
// them.
std::string_view well_known_schema(std::string_view ns);

}  // namespace hutong::wsdl
