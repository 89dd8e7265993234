// Element declarations for the wrappers of rpc/literal operations, which no schema of a contract declares.
//
// WSDL 1.1 section 3.5 and BP 1.1 R2735: the wrapper is in the namespace of soap:body, its accessors in none.
#pragma once

#include <map>
#include <set>
#include <string>

#include "wsdl/model/schema_index.hpp"

namespace hutong::wsdl {

struct RpcWrappers {
    std::string declarations;          // an xs:schema with no imports yet
    std::set<std::string> namespaces;  // that its types come from
};

// By namespace. Operations whose types are unknown are left out, and those whose wrapper a schema declares
// already.
std::map<std::string, RpcWrappers> rpc_wrappers(const Description& description, const SchemaIndex& schemas);

}  // namespace hutong::wsdl
