// Rules about messages and port types (BP 1.1 sections 4.4 and 4.5).
#include <set>
#include <sstream>

#include "wsdl/check/checks.hpp"
#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

void for_each_part(const Contract& contract, const std::function<void(const Node&)>& visit) {
    for (const auto& [name, message] : contract.components.messages.all())
        for (const xml::Element part : message.element.children(ns::wsdl, "part"))
            visit({part, message.file});
}

void for_each_operation(const Contract& contract, const std::function<void(const Node&)>& visit) {
    for (const auto& [name, port_type] : contract.components.port_types.all())
        for (const xml::Element operation : port_type.element.children(ns::wsdl, "operation"))
            visit({operation, port_type.file});
}

std::string name_of(const Node& node) {
    return node.element.attribute("name").value_or("");
}

void type_and_element(const Contract& contract, const Report& report) {
    for_each_part(contract, [&](const Node& part) {
        if (part.element.attribute("type") && part.element.attribute("element"))
            report(part.place(), "part \"" + name_of(part) + "\" has both type and element");
    });
}

void undeclared_part(const Contract& contract, const Report& report) {
    const auto check = [&](const Node& part, const char* attribute, ComponentKind kind) {
        const auto written = part.element.attribute(attribute);
        if (!written) return;
        const QName name = referred(part, attribute);
        if (!name.local.empty() && contract.schemas.declares(kind, name)) return;
        report(part.place(), "part \"" + name_of(part) + "\" is of " + attribute + " \"" + *written +
                                 "\", which no schema here declares");
    };
    for_each_part(contract, [&](const Node& part) {
        check(part, "element", ComponentKind::element);
        check(part, "type", ComponentKind::type);
    });
}

// R2303: solicit-response and notification are not for SOAP over HTTP.
void output_first(const Contract& contract, const Report& report) {
    for_each_operation(contract, [&](const Node& operation) {
        for (const xml::Element child : operation.element.children(ns::wsdl, "output")) {
            bool input_follows = false;
            for (xml::Element next = child.next_sibling(); next; next = next.next_sibling())
                input_follows = input_follows || next.is(ns::wsdl, "input");
            if (input_follows || !operation.element.child(ns::wsdl, "input"))
                report(operation.place(), "operation \"" + name_of(operation) +
                                              "\" sends first (solicit-response or notification)");
        }
    });
}

void overloaded(const Contract& contract, const Report& report) {
    for (const auto& [name, port_type] : contract.components.port_types.all()) {
        std::set<std::string> seen;
        for (const xml::Element operation : port_type.element.children(ns::wsdl, "operation"))
            if (const std::string own = operation.attribute("name").value_or(""); !seen.insert(own).second)
                report({port_type.file->path, operation.line()},
                       "operation \"" + own + "\" is overloaded; a grant of it covers all its forms");
    }
}

void parameter_order(const Contract& contract, const Report& report) {
    for_each_operation(contract, [&](const Node& operation) {
        const auto order = operation.element.attribute("parameterOrder");
        if (!order) return;
        std::set<std::string> parts;
        for (const char* direction : {"input", "output"}) {
            const xml::Element element = operation.element.child(ns::wsdl, direction);
            const Node* message =
                element ? contract.components.messages.find(referred({element, operation.file}, "message"))
                        : nullptr;
            if (message == nullptr) continue;
            for (const xml::Element part : message->element.children(ns::wsdl, "part"))
                parts.insert(part.attribute("name").value_or(""));
        }
        std::istringstream words(*order);
        for (std::string word; words >> word;) parts.erase(word);
        if (parts.size() > 1)
            report(operation.place(),
                   "parameterOrder of \"" + name_of(operation) + "\" leaves out more than one part");
    });
}

void defined_twice(const Contract& contract, const Report& report) {
    const ComponentIndex& components = contract.components;
    for (const ComponentTable* table :
         {&components.messages, &components.port_types, &components.bindings, &components.services})
        for (const auto& [node, first] : table->duplicates())
            report(node.place(), std::string(node.element.local()) + " \"" + name_of(node) +
                                     "\" is defined at " + first.text() + " already; the first one counts");
}

constexpr Rule rules[] = {
    {"R2303", Severity::warning, output_first},        {"R2304", Severity::warning, overloaded},
    {"R2305", Severity::note, parameter_order},        {"R2306", Severity::warning, type_and_element},
    {"HT-WSDL-010", Severity::warning, defined_twice}, {"HT-WSDL-014", Severity::warning, undeclared_part},
};

}  // namespace

void check_messages(const Contract& contract, std::vector<Finding>& findings) {
    run_rules(rules, contract, findings);
}

}  // namespace hutong::wsdl
