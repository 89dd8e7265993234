// What a contract's own security policy asks, and what that proposes for the service published from it.
//
// A proposal starts from preset sign and only ever adds. What the gateway cannot enforce, or what somebody's
// own choice leaves out, becomes a finding (HT-POLICY-nnn, docs/policies.md). Pure functions.
#pragma once

#include <span>
#include <vector>

#include "registry/model/entities.hpp"
#include "security/wssp/policy_reader.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry {

using Findings = std::vector<wsdl::Finding>;

struct ContractPolicy {
    security::wssp::Asked asked;
    wsdl::Place place;  // of the first policy
    bool any{false};    // the contract attaches policies
};

// Adds what is not understood or not enforced to `findings`.
ContractPolicy read_contract_policy(const wsdl::Description& description, Findings& findings);

// Preset sign and what the contract asks beyond it, as far as it can be enforced by a node with these kinds
// of key.
ServicePolicy proposed_policy(const ContractPolicy& contract, std::span<const security::KeyKind> signs_with,
                              Findings& findings);

// A finding for each thing that the contract asks and the policy does not, which somebody chose.
void tell_shortfalls(const ContractPolicy& contract, const ServicePolicy& chosen, Findings& findings);

}  // namespace hutong::registry
