// Rules about bindings as a whole: whether calls can be told apart and carried (BP 1.1 sections 4.7.2
// to 4.7.10).
#include <map>
#include <set>

#include "wsdl/check/checks.hpp"
#include "wsdl/model/binding_reader.hpp"
#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

bool is_soap_http(const Binding& binding) {
    return binding.transport == Transport::soap11_http || binding.transport == Transport::soap12_http;
}

void for_each_soap_binding(const Contract& contract,
                           const std::function<void(const Node&, xml::Element)>& visit) {
    for (const auto& [name, node] : contract.components.bindings.all())
        if (const xml::Element soap = soap_child(node.element, "binding")) visit(node, soap);
}

std::string name_of(const Node& node) {
    return node.element.attribute("name").value_or("");
}

void no_transport(const Contract& contract, const Report& report) {
    for_each_soap_binding(contract, [&](const Node& node, xml::Element soap) {
        if (!soap.attribute("transport"))
            report({node.file->path, soap.line()},
                   "binding \"" + name_of(node) + "\" does not say its transport; HTTP is meant");
    });
}

void mixed_styles(const Contract& contract, const Report& report) {
    for (const Binding& binding : contract.description.bindings) {
        if (!is_soap_http(binding)) continue;
        std::set<Style> styles;
        for (const Operation& operation : binding.operations) styles.insert(operation.style);
        if (styles.size() > 1)
            report(binding.place, "binding \"" + binding.name.local + "\" mixes rpc and document operations");
    }
}

void operation_not_bound(const Contract& contract, const Report& report) {
    for_each_soap_binding(contract, [&](const Node& node, xml::Element) {
        const Node* port_type = contract.components.port_types.find(referred(node, "type"));
        if (port_type == nullptr) return;
        std::set<std::string> bound;
        for (const xml::Element operation : node.element.children(ns::wsdl, "operation"))
            bound.insert(operation.attribute("name").value_or(""));
        for (const auto& [name, operation] : operations_of(*port_type))
            if (!bound.contains(name))
                report(node.place(), "binding \"" + name_of(node) + "\" leaves out operation \"" + name +
                                         "\"; it cannot be called");
    });
}

// The operations of each binding whose calls begin alike, two at a time. Forms of one overloaded operation
// may: they have one name, so that the same grant covers whichever was called.
void for_each_clash(const Contract& contract,
                    const std::function<void(const Operation& later, const Operation& first)>& visit) {
    for (const Binding& binding : contract.description.bindings) {
        if (!is_soap_http(binding)) continue;
        std::map<QName, std::vector<const Operation*>> seen;
        for (const Operation& operation : binding.operations) {
            auto& alike = seen[operation.input_element];
            for (const Operation* first : alike)
                if (first->name != operation.name) {
                    visit(operation, *first);
                    break;
                }
            alike.push_back(&operation);
        }
    }
}

std::string clash_text(const Operation& later, const Operation& first) {
    const std::string element =
        later.input_element.local.empty() ? "nothing that is known" : later.input_element.text();
    return "operations \"" + first.name + "\" and \"" + later.name + "\" both have " + element +
           " in the Body";
}

void same_signature(const Contract& contract, const Report& report) {
    for_each_clash(contract, [&](const Operation& later, const Operation& first) {
        report(later.place, clash_text(later, first) + "; they are told apart by SOAPAction");
    });
}

// Quadratic only among operations with one Body element, and then by a set of their actions.
void not_to_be_told_apart(const Contract& contract, const Report& report) {
    for (const Binding& binding : contract.description.bindings) {
        if (!is_soap_http(binding)) continue;
        std::map<std::pair<QName, std::string>, const Operation*> seen;
        for (const Operation& operation : binding.operations) {
            const auto [known, fresh] =
                seen.try_emplace({operation.input_element, operation.soap_action}, &operation);
            if (!fresh && known->second->name != operation.name)
                report(operation.place,
                       clash_text(operation, *known->second) +
                           " and the same SOAPAction; give one of them its own element or action");
        }
    }
}

void nothing_to_call(const Contract& contract, const Report& report) {
    for (const Binding& binding : contract.description.bindings)
        if (is_soap_http(binding) && !binding.operations.empty()) return;
    report(contract.closure.definitions.front().place(),
           "there is no SOAP binding over HTTP with operations; add one, or name the WSDL that has it");
}

void nameless_operation(const Contract& contract, const Report& report) {
    for (const Binding& binding : contract.description.bindings)
        for (const Operation& operation : binding.operations)
            if (operation.name.empty())
                report(operation.place, "an operation has no name; grants are given by name");
}

void http_binding(const Contract& contract, const Report& report) {
    for (const Binding& binding : contract.description.bindings)
        if (binding.transport == Transport::http_get || binding.transport == Transport::http_post)
            report(binding.place, "binding \"" + binding.name.local +
                                      "\" is HTTP GET/POST: it is published, but only SOAP is served");
}

void other_transport(const Contract& contract, const Report& report) {
    for (const Binding& binding : contract.description.bindings)
        if (binding.transport == Transport::other)
            report(binding.place, "binding \"" + binding.name.local +
                                      "\" is not SOAP over HTTP: it is published, but not served");
}

constexpr Rule rules[] = {
    {"R2701", Severity::note, no_transport},
    {"R2705", Severity::warning, mixed_styles},
    {"R2710", Severity::warning, same_signature},
    {"R2718", Severity::warning, operation_not_bound},
    {"HT-WSDL-016", Severity::error, nothing_to_call},
    {"HT-WSDL-020", Severity::warning, http_binding},
    {"HT-WSDL-021", Severity::warning, other_transport},
    {"HT-WSDL-023", Severity::error, not_to_be_told_apart},
    {"HT-WSDL-025", Severity::error, nameless_operation},
};

}  // namespace

void check_routing(const Contract& contract, std::vector<Finding>& findings) {
    run_rules(rules, contract, findings);
}

}  // namespace hutong::wsdl
