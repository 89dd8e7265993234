// A service's policy as WS-SecurityPolicy 1.3, for the contract that callers read.
//
// WS-Policy 1.5 framework; WS-SecurityPolicy 1.3 sections 4, 5, 7, 8, 9. What the standard has no word for
// (SHA-256 signature methods, GCM) stands in one ignorable assertion of ours; docs/policies.md explains it.
// Pure functions.
#pragma once

#include <set>
#include <string>

#include "security/inbound/policy.hpp"

namespace hutong::security::wssp {

struct Statement {
    const MessagePolicy& request;
    const MessagePolicy& response;
    bool signature_confirmation{false};
};

// Each a wsp:Policy element that declares its own prefixes and has no wsu:Id; empty: nothing to say there.
struct Policies {
    std::string binding;  // for the endpoint: binding assertion, WSS options, tokens
    std::string request;  // parts to be signed and encrypted
    std::string response;
};

Policies write_policies(const Statement& statement);

// The namespaces of the assertions that these policies replace in a contract's own.
std::set<std::string> replaced_namespaces();

}  // namespace hutong::security::wssp
