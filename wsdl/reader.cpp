#include "wsdl/reader.hpp"

#include <memory>

#include "base/bytes.hpp"
#include "wsdl/check/checks.hpp"
#include "wsdl/model/binding_reader.hpp"
#include "wsdl/model/names.hpp"
#include "wsdl/model/qname_values.hpp"
#include "wsdl/model/schema_sources.hpp"

namespace hutong::wsdl {

namespace {

std::string documentation_of(xml::Element element) {
    const xml::Element text = element.child(ns::wsdl, "documentation");
    return text ? text.text() : std::string{};
}

Service read_service(const QName& name, const Node& node) {
    Service service{name, {}, documentation_of(node.element), node.place()};
    for (const xml::Element element : node.element.children(ns::wsdl, "port")) {
        const Node at{element, node.file};
        Port port{element.attribute("name").value_or(""), referred(at, "binding"), {}, at.place()};
        for (const std::string_view ns : {ns::soap11, ns::soap12, ns::http})
            if (const xml::Element address = element.child(ns, "address"); address && port.address.empty())
                port.address = address.attribute("location").value_or("");
        service.ports.push_back(std::move(port));
    }
    return service;
}

PortType read_port_type(const QName& name, const Node& node) {
    PortType port_type{name, {}, node.place()};
    for (const xml::Element operation : node.element.children(ns::wsdl, "operation"))
        port_type.operations.push_back(operation.attribute("name").value_or(""));
    return port_type;
}

void describe(Contract& contract) {
    Description& description = contract.description;
    description.findings = std::move(contract.closure.findings);
    const xml::Element main = contract.closure.definitions.front().element;
    description.name = {main.attribute("targetNamespace").value_or(""), main.attribute("name").value_or("")};
    description.has_policy = contract.policies.any();
    description.policies = contract.policies.attached();
    for (const auto& [name, node] : contract.components.messages.all())
        description.messages.push_back(read_message(name, node));
    for (const auto& [name, node] : contract.components.port_types.all())
        description.port_types.push_back(read_port_type(name, node));
    description.qname_values = qname_values_of(contract);
    BindingReader bindings(contract, description.findings);
    for (const auto& [name, node] : contract.components.bindings.all())
        description.bindings.push_back(bindings.read(name, node));
    for (const auto& [name, node] : contract.components.services.all())
        description.services.push_back(read_service(name, node));
}

}  // namespace

Result<std::unique_ptr<Contract>> open_contract(const Bundle& bundle, const config::Wsdl& limits) {
    HUTONG_ASSIGN(Closure closure, gather(bundle, limits));
    auto contract = std::make_unique<Contract>(std::move(closure));
    describe(*contract);
    return contract;
}

Result<Description> read(const Bundle& bundle, const config::Wsdl& limits) {
    HUTONG_ASSIGN(std::unique_ptr<Contract> contract, open_contract(bundle, limits));
    const SchemaSources sources(*contract);
    if (const auto compiled = xml::SchemaSet::compile(sources.files(), sources.main()); !compiled)
        contract->description.findings.push_back(sources.finding(compiled.error()));
    run_checks(*contract);
    return std::move(contract->description);
}

Result<xml::SchemaSet> compile_schemas(const Bundle& bundle) {
    HUTONG_ASSIGN(const std::unique_ptr<Contract> contract, open_contract(bundle, unlimited));
    const SchemaSources sources(*contract);
    auto compiled = xml::SchemaSet::compile(sources.files(), sources.main());
    if (compiled) return compiled;
    const Finding finding = sources.finding(compiled.error());
    return invalid(finding.place.text() + ": " + finding.text);
}

std::string content_id(const Bundle& bundle) {
    // Lengths go in front of what they measure, so that no two bundles run together to the same bytes.
    Sha256 digest;
    const auto update = [&](std::string_view text) {
        digest.update(std::to_string(text.size()) + ":");
        digest.update(text);
    };
    update(bundle.main);
    for (const auto& [path, text] : bundle.files) {
        update(path);
        update(text);
    }
    return to_hex(digest.finish());
}

}  // namespace hutong::wsdl
