#include "wsdl/check/checks.hpp"

#include <algorithm>
#include <tuple>

namespace hutong::wsdl {

namespace {

// A contract can be made to break a rule on every line; nobody reads further than this.
constexpr std::size_t most_findings = 1000;

bool by_place(const Finding& a, const Finding& b) {
    return std::tie(a.place.file, a.place.line, a.rule, a.text) <
           std::tie(b.place.file, b.place.line, b.rule, b.text);
}

bool same(const Finding& a, const Finding& b) {
    return a.rule == b.rule && a.text == b.text && a.place.file == b.place.file &&
           a.place.line == b.place.line;
}

}  // namespace

void run_checks(Contract& contract) {
    std::vector<Finding>& findings = contract.description.findings;
    for (const auto check :
         {check_documents, check_schemas, check_messages, check_bindings, check_routing, check_services})
        check(contract, findings);
    std::sort(findings.begin(), findings.end(), by_place);
    findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
    if (findings.size() <= most_findings) return;
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
    const std::size_t dropped = findings.size() - most_findings;
    findings.resize(most_findings);
    findings.push_back({Severity::note,
                        "HT-WSDL-024",
                        std::to_string(dropped) + " further findings are left out",
                        {contract.closure.files.front().path, 1}});
    std::sort(findings.begin(), findings.end(), by_place);
}

}  // namespace hutong::wsdl
