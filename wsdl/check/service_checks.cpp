// Rules about services, ports and addresses (BP 1.1 section 4.8).
#include <map>

#include "wsdl/check/checks.hpp"
#include "wsdl/model/binding_reader.hpp"

namespace hutong::wsdl {

namespace {

void for_each_port(const Contract& contract, const std::function<void(const Port&)>& visit) {
    for (const Service& service : contract.description.services)
        for (const Port& port : service.ports) visit(port);
}

bool is_http_url(const std::string& address) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (address.starts_with(scheme) && address.size() > scheme.size()) return true;
    return false;
}

void unknown_binding(const Contract& contract, const Report& report) {
    for_each_port(contract, [&](const Port& port) {
        if (contract.description.binding(port.binding) == nullptr)
            report(port.place, "port \"" + port.name + "\" is of binding \"" + port.binding.text() +
                                   "\", which is not defined; define it or import the WSDL that does");
    });
}

void no_service(const Contract& contract, const Report& report) {
    if (contract.description.services.empty())
        report(contract.closure.definitions.front().place(),
               "there is no wsdl:service; one with the SOAP bindings is added when it is published");
}

void no_address(const Contract& contract, const Report& report) {
    for_each_port(contract, [&](const Port& port) {
        if (port.address.empty())
            report(port.place,
                   "port \"" + port.name + "\" has no address; name the endpoint when publishing");
    });
}

void odd_address(const Contract& contract, const Report& report) {
    for_each_port(contract, [&](const Port& port) {
        if (!port.address.empty() && !is_http_url(port.address))
            report(port.place, "the address \"" + port.address + "\" of port \"" + port.name +
                                   "\" is not an http or https URL; name the endpoint when publishing");
    });
}

void shared_address(const Contract& contract, const Report& report) {
    std::map<std::string, std::string> seen;
    for_each_port(contract, [&](const Port& port) {
        if (port.address.empty()) return;
        const auto [known, fresh] = seen.try_emplace(port.address, port.name);
        if (!fresh)
            report(port.place,
                   "ports \"" + known->second + "\" and \"" + port.name + "\" have the same address");
    });
}

constexpr Rule rules[] = {
    {"R2711", Severity::note, shared_address},       {"HT-WSDL-007", Severity::error, unknown_binding},
    {"HT-WSDL-017", Severity::note, no_service},     {"HT-WSDL-018", Severity::warning, no_address},
    {"HT-WSDL-019", Severity::warning, odd_address},
};

}  // namespace

void check_services(const Contract& contract, std::vector<Finding>& findings) {
    run_rules(rules, contract, findings);
}

}  // namespace hutong::wsdl
