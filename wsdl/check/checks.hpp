// Judges a contract: every rule is one row of a table, a number and a small function that reports what breaks
// it.
//
// WS-I Basic Profile 1.1 (ISO/IEC 29361:2008) rules by their number, ours as HT-WSDL-nnn (docs/wsdl.md lists
// all). Pure; safe from any thread as far as the contract is not shared.
#pragma once

#include <functional>

#include "wsdl/model/contract.hpp"

namespace hutong::wsdl {

// What a rule reports into. Its number and severity come from its row.
class Report {
  public:
    Report(std::vector<Finding>& findings, const char* rule, Severity severity)
        : findings_(findings), rule_(rule), severity_(severity) {}
    void operator()(const Place& place, std::string text) const {
        findings_.push_back({severity_, rule_, std::move(text), place});
    }

  private:
    std::vector<Finding>& findings_;
    const char* rule_;
    Severity severity_;
};

struct Rule {
    const char* id;
    Severity severity;
    void (*check)(const Contract&, const Report&);
};

// Appends what all rules find, and sorts all findings by place.
void run_checks(Contract& contract);

// One for each part of a contract, each with its own table.
void check_documents(const Contract& contract, std::vector<Finding>& findings);
void check_schemas(const Contract& contract, std::vector<Finding>& findings);
void check_messages(const Contract& contract, std::vector<Finding>& findings);
void check_bindings(const Contract& contract, std::vector<Finding>& findings);
void check_routing(const Contract& contract, std::vector<Finding>& findings);
void check_services(const Contract& contract, std::vector<Finding>& findings);

// Runs a table of rules that look at the whole contract.
template <std::size_t count>
void run_rules(const Rule (&rules)[count], const Contract& contract, std::vector<Finding>& findings) {
    for (const Rule& rule : rules) rule.check(contract, Report(findings, rule.id, rule.severity));
}

}  // namespace hutong::wsdl
