// What the security service does, operation by operation.
//
// Blocking and CPU-bound; runs on the service's pool, any number at once. Each answers with the elements of
// its response or with a Fault.
#pragma once

#include <span>

#include "gateway/services/security_messages.hpp"

namespace hutong::gateway::security_service {

struct Operation {
    std::string_view name;
    bool confidential;  // its messages hold what somebody keeps secret
    bool waits;         // for somebody outside
    Answer (*run)(const Exchange& exchange, const Request& request);
};

std::span<const Operation> operations();
const Operation* find_operation(std::string_view name);  // nullptr: none

}  // namespace hutong::gateway::security_service
