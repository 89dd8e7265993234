// Rules about the schemas and what refers to what in them (BP 1.1 sections 4.1.4, 4.3).
#include <algorithm>

#include "wsdl/check/checks.hpp"
#include "wsdl/model/names.hpp"
#include "wsdl/model/text_map.hpp"

namespace hutong::wsdl {

namespace {

void namespace_not_imported(const Contract& contract, const Report& report) {
    for (const auto& reference : contract.schemas.references())
        if (!reference.name.local.empty() && !reference.namespace_imported && reference.name.ns != ns::xml)
            report(reference.from.place(), "\"" + reference.written + "\" is of namespace \"" +
                                               reference.name.ns + "\", which this schema does not import");
}

void no_target_namespace(const Contract& contract, const Report& report) {
    for (const Schema& schema : contract.closure.schemas) {
        if (!schema.is_inline || !schema.ns.empty()) continue;
        const auto children = schema.root.element.children();
        if (std::any_of(children.begin(), children.end(), [](xml::Element child) {
                return !child.is(ns::xsd, "import") && !child.is(ns::xsd, "annotation");
            }))
            report(schema.root.place(), "inline schema without targetNamespace");
    }
}

void soap_array(const Contract& contract, const Report& report) {
    for (const auto& reference : contract.schemas.references())
        if (reference.name == QName{std::string(ns::soap_encoding), "Array"})
            report(reference.from.place(), "a type is derived from soapenc:Array");
}

void array_type(const Contract& contract, const Report& report) {
    for (const Schema& schema : contract.closure.schemas)
        walk(schema.root.element, [&](xml::Element element, std::size_t) {
            if (element.attribute("arrayType", ns::wsdl))
                report({schema.root.file->path, element.line()}, "wsdl:arrayType is used");
        });
}

void unresolved(const Contract& contract, const Report& report) {
    for (const auto& reference : contract.schemas.references())
        if (!reference.resolved && !reference.name.local.empty())
            report(reference.from.place(), std::string(to_string(reference.kind)) + " \"" +
                                               reference.written + "\" (" + reference.name.text() +
                                               ") is not declared by any schema here");
}

void unknown_prefix(const Contract& contract, const Report& report) {
    for (const auto& reference : contract.schemas.references())
        if (reference.name.local.empty())
            report(reference.from.place(), "the prefix of \"" + reference.written + "\" is not declared");
}

void declared_twice(const Contract& contract, const Report& report) {
    for (const auto& [node, first] : contract.schemas.duplicates())
        report(node.place(), std::string(node.element.local()) + " \"" +
                                 node.element.attribute("name").value_or("") + "\" is declared at " +
                                 first.text() + " already; the first one counts");
}

constexpr Rule rules[] = {
    {"R2102", Severity::warning, namespace_not_imported},
    {"R2105", Severity::warning, no_target_namespace},
    {"R2110", Severity::note, soap_array},
    {"R2111", Severity::note, array_type},
    {"HT-WSDL-010", Severity::warning, declared_twice},
    {"HT-WSDL-011", Severity::warning, unresolved},
    {"HT-WSDL-012", Severity::warning, unknown_prefix},
};

}  // namespace

void check_schemas(const Contract& contract, std::vector<Finding>& findings) {
    run_rules(rules, contract, findings);
}

}  // namespace hutong::wsdl
