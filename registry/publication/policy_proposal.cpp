#include "registry/publication/policy_proposal.hpp"

#include <algorithm>

#include "security/wssp/policy_reader.hpp"

namespace hutong::registry {

namespace {

using security::MessagePolicy;
using security::wssp::Asked;
using security::wssp::Direction;
using wsdl::AttachedPolicy;
using wsdl::Finding;
using wsdl::Severity;

Direction direction_of(AttachedPolicy::Scope scope) {
    switch (scope) {
        case AttachedPolicy::Scope::request:
            return Direction::request;
        case AttachedPolicy::Scope::response:
            return Direction::response;
        case AttachedPolicy::Scope::both:
            break;
    }
    return Direction::both;
}

// Names that are in `asked` and not in `into` come into it; false when there were none.
bool add_names(const std::vector<xml::QName>& asked, std::vector<xml::QName>& into) {
    bool added = false;
    for (const xml::QName& name : asked) {
        if (std::find(into.begin(), into.end(), name) != into.end()) continue;
        into.push_back(name);
        added = true;
    }
    return added;
}
bool add_flag(bool asked, bool& into) {
    const bool added = asked && !into;
    into = into || asked;
    return added;
}

// What is not in `asked` goes out of `into`, where an empty list stands for all; false when nothing had to.
bool narrow(const std::vector<std::string>& asked, std::vector<std::string>& into) {
    if (asked.empty()) return false;
    if (into.empty()) {
        into = asked;
        return true;
    }
    return std::erase_if(into, [&](const std::string& uri) {
               return std::find(asked.begin(), asked.end(), uri) == asked.end();
           }) > 0;
}

// One thing a contract can ask of a service: `add` brings it into a policy, and says whether it was missing.
struct Wish {
    const char* what;
    bool (*add)(const Asked& asked, ServicePolicy& into);
};

constexpr Wish wishes[] = {
    {"signed Bodies of requests",
     [](const Asked& a, ServicePolicy& p) { return add_flag(a.request.sign_body, p.request.sign_body); }},
    {"timestamps in requests",
     [](const Asked& a, ServicePolicy& p) { return add_flag(a.request.timestamp, p.request.timestamp); }},
    {"signed wsa headers of requests",
     [](const Asked& a, ServicePolicy& p) {
         return add_flag(a.request.sign_addressing, p.request.sign_addressing);
     }},
    {"further signed headers of requests",
     [](const Asked& a, ServicePolicy& p) {
         return add_names(a.request.sign_headers, p.request.sign_headers);
     }},
    {"signed attachments of requests",
     [](const Asked& a, ServicePolicy& p) {
         return add_flag(a.request.sign_attachments, p.request.sign_attachments);
     }},
    {"encrypted Bodies of requests",
     [](const Asked& a, ServicePolicy& p) {
         return add_flag(a.request.encrypt_body, p.request.encrypt_body);
     }},
    {"encrypted headers of requests",
     [](const Asked& a, ServicePolicy& p) {
         return add_names(a.request.encrypt_headers, p.request.encrypt_headers);
     }},
    {"certain signature methods of requests",
     [](const Asked& a, ServicePolicy& p) {
         return narrow(a.request.signature_algorithms, p.request.signature_algorithms);
     }},
    {"certain algorithms of encrypted requests",
     [](const Asked& a, ServicePolicy& p) {
         return narrow(a.encrypted_by(&MessagePolicy::content_algorithms), p.request.content_algorithms);
     }},
    {"certain key transports of encrypted requests",
     [](const Asked& a, ServicePolicy& p) {
         return narrow(a.encrypted_by(&MessagePolicy::key_transports), p.request.key_transports);
     }},
    {"UsernameTokens",
     [](const Asked& a, ServicePolicy& p) {
         return add_flag(a.request.tokens.username, p.request.tokens.username);
     }},
    {"SAML assertions",
     [](const Asked& a, ServicePolicy& p) { return add_flag(a.request.tokens.saml, p.request.tokens.saml); }},
    {"signed answers",
     [](const Asked& a, ServicePolicy& p) {
         const bool asked = a.response.sign_body || a.response.timestamp;
         const bool added = asked && !p.response.sign_body;
         p.response.sign_body = p.response.timestamp = p.response.sign_body || asked;
         return added;
     }},
    {"signed wsa headers of answers",
     [](const Asked& a, ServicePolicy& p) {
         return add_flag(a.response.sign_addressing, p.response.sign_addressing);
     }},
    {"further signed headers of answers",
     [](const Asked& a, ServicePolicy& p) {
         return add_names(a.response.sign_headers, p.response.sign_headers);
     }},
    {"a certain signature method of answers",
     [](const Asked& a, ServicePolicy& p) {
         const std::string& asked = a.response.signature_algorithm;
         if (asked.empty() || asked == p.response.signature_algorithm) return false;
         p.response.signature_algorithm = asked;
         return true;
     }},
    {"encrypted Bodies of answers",
     [](const Asked& a, ServicePolicy& p) {
         return add_flag(a.response.encrypt_body, p.response.encrypt_body);
     }},
    {"encrypted headers of answers",
     [](const Asked& a, ServicePolicy& p) {
         return add_names(a.response.encrypt_headers, p.response.encrypt_headers);
     }},
    {"signature confirmation",
     [](const Asked& a, ServicePolicy& p) {
         return add_flag(a.signature_confirmation, p.signature_confirmation);
     }},
};

Finding finding(Severity severity, const char* rule, std::string text, const wsdl::Place& place) {
    return {severity, rule, std::move(text), place};
}

void read_one(const AttachedPolicy& policy, Asked& asked, Findings& findings) {
    if (policy.expression.empty()) {
        findings.push_back(finding(
            Severity::warning, "HT-POLICY-001",
            "policy \"" + policy.reference + "\" is not in the contract, so what it asks is not known",
            policy.place));
        return;
    }
    asked.remarks.clear();
    const auto read = security::wssp::read_policy(policy.expression, direction_of(policy.scope), asked);
    if (read.has_error())
        findings.push_back(finding(Severity::warning, "HT-POLICY-001", read.error().detail, policy.place));
    for (const auto& remark : asked.remarks)
        findings.push_back(finding(remark.warning ? Severity::warning : Severity::note,
                                   remark.warning ? "HT-POLICY-002" : "HT-POLICY-003", remark.text,
                                   policy.place));
}

}  // namespace

ContractPolicy read_contract_policy(const wsdl::Description& description, Findings& findings) {
    ContractPolicy contract;
    for (const AttachedPolicy& policy : description.policies) {
        if (!contract.any) contract.place = policy.place;
        contract.any = true;
        read_one(policy, contract.asked, findings);
    }
    // No key of a service's policy could take these up.
    const MessagePolicy& answers = contract.asked.response;
    if (answers.sign_attachments)
        findings.push_back(finding(Severity::warning, "HT-POLICY-002",
                                   "signed attachments are asked of answers; the gateway signs their Body, "
                                   "Timestamp and headers",
                                   contract.place));
    return contract;
}

ServicePolicy proposed_policy(const ContractPolicy& contract, std::span<const security::KeyKind> signs_with,
                              Findings& findings) {
    ServicePolicy policy = preset_policy(Policy::sign);
    for (const Wish& wish : wishes) {
        ServicePolicy with = policy;
        if (!wish.add(contract.asked, with)) continue;
        Result<void> possible = check_policy(Policy::sign, with);
        if (possible.has_value()) possible = check_answer_key(policy, with, signs_with);
        if (possible.has_value()) {
            policy = std::move(with);
            continue;
        }
        findings.push_back(finding(Severity::warning, "HT-POLICY-002",
                                   std::string("the contract asks for ") + wish.what +
                                       ", which is not enforced: " + possible.error().detail,
                                   contract.place));
    }
    if (contract.asked.transport && !contract.asked.request.asks_for_signature())
        findings.push_back(finding(Severity::note, "HT-POLICY-003",
                                   "the contract asks for security of the transport; it is published with "
                                   "signatures, --policy plain makes it mutual TLS instead",
                                   contract.place));
    return policy;
}

void tell_shortfalls(const ContractPolicy& contract, const ServicePolicy& chosen, Findings& findings) {
    for (const Wish& wish : wishes) {
        ServicePolicy with = chosen;
        if (wish.add(contract.asked, with))
            findings.push_back(
                finding(Severity::warning, "HT-POLICY-004",
                        std::string("the contract asks for ") + wish.what + ", the service's policy does not",
                        contract.place));
    }
}

}  // namespace hutong::registry
