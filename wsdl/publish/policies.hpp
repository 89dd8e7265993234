// The policies that callers are to see on a published contract, and what they replace of its own.
//
// Web Services Policy 1.5 Attachment section 4 (WSDL 1.1). What the policies say is nobody's business here.
// Values.
#pragma once

#include <set>
#include <string>

namespace hutong::wsdl {

struct PublishedPolicies {
    // Each one wsp:Policy element that declares its own prefixes and has no Id; empty: none.
    std::string binding;  // for every SOAP binding
    std::string input;    // for the input of every operation in them
    std::string output;   // for output and faults
    // Assertions of these namespaces are cut out of the contract's policies; what is left of those stays.
    std::set<std::string> replaced;
};

}  // namespace hutong::wsdl
