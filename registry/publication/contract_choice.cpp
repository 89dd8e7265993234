#include "registry/publication/contract_choice.hpp"

#include <algorithm>

#include "base/nearest.hpp"

namespace hutong::registry {

namespace {

bool is_web_url(const std::string& text) {
    const std::size_t scheme = text.starts_with("http://") ? 7 : text.starts_with("https://") ? 8 : 0;
    return scheme != 0 && text.size() > scheme && text.find_first_of("/?#") != scheme &&
           text.size() <= 2000 && text.find_first_of(" \t\r\n<>\"") == std::string::npos;
}

}  // namespace

Result<std::string> choose_service(const wsdl::Description& description, const std::string& asked) {
    std::set<std::string> names;
    for (const wsdl::Service& service : description.services) names.insert(service.name.local);
    if (asked.empty()) {
        if (names.size() <= 1) return std::string();
        std::string list;
        for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
        return invalid("the contract has several wsdl:services (" + list + "); name the one to publish");
    }
    if (names.contains(asked)) return asked;
    return not_found("the contract has no wsdl:service \"" + asked + "\"; the nearest is \"" +
                     nearest(asked, names) + "\"");
}

Result<std::vector<std::string>> choose_endpoints(const wsdl::Description& description,
                                                  const std::string& wsdl_service,
                                                  std::vector<std::string> asked) {
    if (asked.empty()) {
        for (const wsdl::Service& service : description.services) {
            if (!wsdl_service.empty() && service.name.local != wsdl_service) continue;
            for (const wsdl::Port& port : service.ports) {
                const wsdl::Binding* binding = description.binding(port.binding);
                const bool soap = binding != nullptr && (binding->transport == wsdl::Transport::soap11_http ||
                                                         binding->transport == wsdl::Transport::soap12_http);
                if (soap && is_web_url(port.address) &&
                    std::find(asked.begin(), asked.end(), port.address) == asked.end())
                    asked.push_back(port.address);
            }
        }
        if (asked.empty())
            return invalid("the contract has no http(s) address of a SOAP port; give one with --endpoint");
    }
    std::set<std::string> seen;
    for (const std::string& url : asked) {
        if (!is_web_url(url))
            return invalid("endpoint \"" + url + "\" is not an absolute http:// or https:// URL");
        if (!seen.insert(url).second) return invalid("endpoint \"" + url + "\" is given twice");
    }
    return asked;
}

std::set<std::string> operations_of(const wsdl::Description& description) {
    std::set<std::string> names;
    for (const wsdl::Binding& binding : description.bindings)
        for (const wsdl::Operation& operation : binding.operations) names.insert(operation.name);
    return names;
}

}  // namespace hutong::registry
