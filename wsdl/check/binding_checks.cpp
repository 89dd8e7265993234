// Rules about SOAP bindings and their operations (BP 1.1 section 4.7).
#include <algorithm>
#include <set>

#include "wsdl/check/checks.hpp"
#include "wsdl/model/binding_reader.hpp"
#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

// A SOAP binding's operation with what it is bound to.
struct Bound {
    Node operation;  // in the binding
    Node abstract;   // in the port type; element empty when it has none of that name
    Style style{Style::document};
    std::string name;

    std::vector<Node> directions() const {
        std::vector<Node> result;
        for (const char* local : {"input", "output"})
            if (const xml::Element element = operation.element.child(ns::wsdl, local))
                result.push_back({element, operation.file});
        return result;
    }
    // The message behind a direction of the binding; nullptr when it is not defined.
    const Node* message(const Contract& contract, const Node& direction) const {
        const xml::Element element =
            abstract.element ? abstract.element.child(ns::wsdl, direction.element.local()) : xml::Element{};
        return element ? contract.components.messages.find(referred({element, abstract.file}, "message"))
                       : nullptr;
    }
    std::vector<Part> body_parts(const Contract& contract, const Node& direction) const {
        const Node* found = message(contract, direction);
        if (found == nullptr) return {};
        const xml::Element input = abstract.element.child(ns::wsdl, direction.element.local());
        return wsdl::body_parts(read_message(referred({input, abstract.file}, "message"), *found),
                                soap_extensions(direction));
    }
};

using BoundCheck = void (*)(const Contract&, const Bound&, const Report&);

bool is_encoded(xml::Element extension) {
    return extension && extension.attribute("use").value_or("") == "encoded";
}

std::vector<xml::Element> soap_faults(const Bound& bound) {
    std::vector<xml::Element> result;
    for (const xml::Element fault : bound.operation.element.children(ns::wsdl, "fault"))
        if (const xml::Element soap = soap_child(fault, "fault")) result.push_back(soap);
    return result;
}

void not_in_port_type(const Contract&, const Bound& bound, const Report& report) {
    if (bound.abstract.file != nullptr && !bound.abstract.element)
        report(bound.operation.place(),
               "operation \"" + bound.name +
                   "\" is bound, but its port type has none of that name; it cannot be called");
}

void not_literal(const Contract&, const Bound& bound, const Report& report) {
    for (const Node& direction : bound.directions()) {
        const SoapExtensions extensions = soap_extensions(direction);
        if (is_encoded(extensions.body) ||
            std::any_of(extensions.headers.begin(), extensions.headers.end(), is_encoded))
            report(direction.place(), "operation \"" + bound.name + "\" uses encoded messages");
    }
}

void not_validated(const Contract&, const Bound& bound, const Report& report) {
    for (const Node& direction : bound.directions())
        if (direction.element.local() == "input" && is_encoded(soap_extensions(direction).body))
            report(bound.operation.place(),
                   "operation \"" + bound.name +
                       "\" is rpc/encoded: it is routed and published, but its messages cannot be validated");
}

void several_parts(const Contract& contract, const Bound& bound, const Report& report) {
    if (bound.style != Style::document) return;
    for (const Node& direction : bound.directions())
        if (bound.body_parts(contract, direction).size() > 1)
            report(direction.place(),
                   "document/literal body of \"" + bound.name + "\" has more than one part");
}

void rpc_part_by_element(const Contract& contract, const Bound& bound, const Report& report) {
    if (bound.style != Style::rpc) return;
    for (const Node& direction : bound.directions())
        for (const Part& part : bound.body_parts(contract, direction))
            if (part.type.local.empty())
                report(direction.place(),
                       "rpc part \"" + part.name + "\" of \"" + bound.name + "\" is not given by type");
}

void document_part_by_type(const Contract& contract, const Bound& bound, const Report& report) {
    if (bound.style != Style::document) return;
    for (const Node& direction : bound.directions())
        for (const Part& part : bound.body_parts(contract, direction))
            if (part.element.local.empty())
                report(direction.place(), "document part \"" + part.name + "\" of \"" + bound.name +
                                              "\" is not given by element");
}

void header_by_type(const Contract& contract, const Bound& bound, const Report& report) {
    for (const Node& direction : bound.directions()) {
        for (const xml::Element header : soap_extensions(direction).headers) {
            const Node* message =
                contract.components.messages.find(referred({header, direction.file}, "message"));
            if (message == nullptr) continue;
            const std::string part = header.attribute("part").value_or("");
            const auto parts = read_message({}, *message).parts;
            const auto found =
                std::find_if(parts.begin(), parts.end(), [&](const Part& p) { return p.name == part; });
            if (found == parts.end() || found->element.local.empty())
                report({direction.file->path, header.line()},
                       "header part \"" + part + "\" of \"" + bound.name +
                           "\" is not a message part given by element");
        }
    }
}

void namespace_on_document(const Contract&, const Bound& bound, const Report& report) {
    if (bound.style != Style::document) return;
    for (const Node& direction : bound.directions())
        if (const xml::Element body = soap_extensions(direction).body;
            body && !is_encoded(body) && body.attribute("namespace"))
            report(direction.place(), "document/literal soap:body of \"" + bound.name + "\" has a namespace");
}

void namespace_on_rpc(const Contract&, const Bound& bound, const Report& report) {
    if (bound.style != Style::rpc) return;
    for (const Node& direction : bound.directions())
        if (const xml::Element body = soap_extensions(direction).body;
            body && body.attribute("namespace").value_or("").find(':') == std::string::npos)
            report(direction.place(), "rpc soap:body of \"" + bound.name + "\" has no absolute namespace");
}

void parts_on_header(const Contract&, const Bound& bound, const Report& report) {
    for (const Node& direction : bound.directions())
        for (const xml::Element header : soap_extensions(direction).headers)
            if (!header.attribute("part") || header.attribute("parts"))
                report({direction.file->path, header.line()},
                       "soap:header of \"" + bound.name + "\" must have part, not parts");
}

void nameless_fault(const Contract&, const Bound& bound, const Report& report) {
    for (const xml::Element fault : soap_faults(bound))
        if (!fault.attribute("name"))
            report({bound.operation.file->path, fault.line()},
                   "soap:fault of \"" + bound.name + "\" has no name");
}

void fault_name_differs(const Contract&, const Bound& bound, const Report& report) {
    for (const xml::Element fault : soap_faults(bound)) {
        const std::string outer = fault.parent().attribute("name").value_or("");
        const std::string inner = fault.attribute("name").value_or(outer);
        if (inner != outer)
            report({bound.operation.file->path, fault.line()},
                   "soap:fault \"" + inner + "\" stands in wsdl:fault \"" + outer + "\"");
    }
}

void unbound_fault(const Contract&, const Bound& bound, const Report& report) {
    if (!bound.abstract.element) return;
    std::set<std::string> names;
    for (const xml::Element fault : bound.operation.element.children(ns::wsdl, "fault"))
        names.insert(fault.attribute("name").value_or(""));
    for (const xml::Element fault : bound.abstract.element.children(ns::wsdl, "fault"))
        if (const std::string name = fault.attribute("name").value_or(""); !names.contains(name))
            report(bound.operation.place(), "fault \"" + name + "\" of \"" + bound.name + "\" is not bound");
}

struct BoundRule {
    const char* id;
    Severity severity;
    BoundCheck check;
};

constexpr BoundRule bound_rules[] = {
    {"R2201", Severity::warning, several_parts},         {"R2203", Severity::warning, rpc_part_by_element},
    {"R2204", Severity::warning, document_part_by_type}, {"R2205", Severity::warning, header_by_type},
    {"R2706", Severity::warning, not_literal},           {"R2716", Severity::note, namespace_on_document},
    {"R2717", Severity::warning, namespace_on_rpc},      {"R2718", Severity::warning, not_in_port_type},
    {"R2721", Severity::note, nameless_fault},           {"R2740", Severity::note, unbound_fault},
    {"R2749", Severity::note, parts_on_header},          {"R2754", Severity::warning, fault_name_differs},
    {"HT-WSDL-022", Severity::warning, not_validated},
};

}  // namespace

// Every SOAP binding's operation is put before all the rules at once, so that overloads are matched only
// once.
void check_bindings(const Contract& contract, std::vector<Finding>& findings) {
    for (const auto& [name, binding] : contract.components.bindings.all()) {
        const xml::Element soap = soap_child(binding.element, "binding");
        if (!soap) continue;
        const Node* port_type = contract.components.port_types.find(referred(binding, "type"));
        const OperationsByName abstract =
            port_type == nullptr ? OperationsByName{} : operations_of(*port_type);
        for (const xml::Element element : binding.element.children(ns::wsdl, "operation")) {
            const xml::Element own = soap_child(element, "operation");
            const std::string style =
                own ? own.attribute("style").value_or(soap.attribute("style").value_or("document"))
                    : soap.attribute("style").value_or("document");
            const Bound bound{
                {element, binding.file},
                {matching_operation(abstract, element), port_type == nullptr ? nullptr : port_type->file},
                style == "rpc" ? Style::rpc : Style::document,
                element.attribute("name").value_or("")};
            for (const BoundRule& rule : bound_rules)
                rule.check(contract, bound, Report(findings, rule.id, rule.severity));
        }
    }
}

}  // namespace hutong::wsdl
