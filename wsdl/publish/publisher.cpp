#include "wsdl/publish/publisher.hpp"

#include <algorithm>

#include "wsdl/model/closure.hpp"
#include "wsdl/model/component_index.hpp"
#include "wsdl/model/location.hpp"
#include "wsdl/model/names.hpp"
#include "wsdl/model/text_map.hpp"
#include "wsdl/publish/policy_splices.hpp"

namespace hutong::wsdl {

namespace {

bool is_soap_http(const Binding& binding) {
    return binding.transport == Transport::soap11_http || binding.transport == Transport::soap12_http;
}

bool is_address(xml::Element element) {
    return element.is(ns::soap11, "address") || element.is(ns::soap12, "address") ||
           element.is(ns::http, "address");
}

// wsa:Address of an endpoint reference right in a port. Those in policies name other services, token issuers
// mostly.
bool is_reference_address(xml::Element element) {
    if (element.local() != "Address" || (element.ns() != ns::wsa10 && element.ns() != ns::wsa2004))
        return false;
    const xml::Element reference = element.parent();
    return reference.local() == "EndpointReference" && reference.ns() == element.ns() &&
           reference.parent().is(ns::wsdl, "port");
}

std::string address_markup(Transport transport, const std::string& address) {
    const std::string_view ns = transport == Transport::soap12_http ? ns::soap12 : ns::soap11;
    return "<soap:address xmlns:soap=\"" + std::string(ns) + "\" location=\"" + xml::escape(address) + "\"/>";
}

class Publisher {
  public:
    Publisher(const Closure& closure, const Description& description, const PublishOptions& options)
        : closure_(closure),
          description_(description),
          address_(options.address),
          policies_(options.policies) {
        for (const Link& link : closure.links)
            if (link.to != nullptr) links_[link.from.element.raw()] = &link;
    }

    std::map<std::string, std::string> run() const {
        std::map<std::string, std::string> result;
        for (const SourceFile& file : closure_.files)
            if (is_contract_file(file))
                result[&file == &closure_.files.front() ? "wsdl" : query_of(file)] = rewrite(file);
        return result;
    }

  private:
    static bool is_contract_file(const SourceFile& file) {
        return file.is_schema() || file.document.root().is(ns::wsdl, "definitions");
    }

    // The main file may be imported as well, by those it imports.
    std::string query_of(const SourceFile& file) const {
        if (&file == &closure_.files.front()) return "wsdl";
        return (file.is_schema() ? "xsd=" : "wsdl=") + file.path;
    }

    std::string url_of(const SourceFile& file) const {
        if (&file == &closure_.files.front()) return address_ + "?wsdl";
        return address_ + (file.is_schema() ? "?xsd=" : "?wsdl=") + percent_encode(file.path);
    }

    std::string rewrite(const SourceFile& file) const {
        const TextMap map(file.text);
        Splices splices(map);
        PolicySplices policies(policies_, file, map, splices);
        walk(file.document.root(), [&](xml::Element element, std::size_t number) {
            const ElementSpan& span = map.elements()[number];
            if (policies.take(element, number)) return;
            if (const auto link = links_.find(element.raw()); link != links_.end()) {
                const bool wsdl = link->second->kind == LinkKind::wsdl_import;
                splices.set_attribute(span, wsdl ? "location" : "schemaLocation", url_of(*link->second->to));
            } else if (is_address(element) && element.parent().is(ns::wsdl, "port")) {
                splices.set_attribute(span, "location", address_);
            } else if (is_reference_address(element) && !span.empty_tag) {
                splices.replace(span.tag_end, span.content_end, xml::escape(address_));
            } else if (element.is(ns::wsdl, "port")) {
                add_missing_address(file, element, span, splices);
            }
        });
        if (&file == &closure_.files.front() && description_.services.empty())
            splices.append_child(map.elements().front(), service_markup());
        return splices.apply();
    }

    void add_missing_address(const SourceFile& file, xml::Element element, const ElementSpan& span,
                             Splices& splices) const {
        const auto children = element.children();
        if (std::any_of(children.begin(), children.end(), is_address)) return;
        const Binding* binding = description_.binding(referred({element, &file}, "binding"));
        if (binding != nullptr && is_soap_http(*binding))
            splices.append_child(span, address_markup(binding->transport, address_));
    }

    // A service for a contract that has none: one port for each SOAP binding. Empty without such bindings.
    std::string service_markup() const {
        std::string ports;
        std::string name = description_.name.local;
        for (const Binding& binding : description_.bindings) {
            if (!is_soap_http(binding)) continue;
            if (name.empty()) name = binding.name.local;
            const std::string local = xml::escape(binding.name.local);
            const std::string scope =
                binding.name.ns.empty() ? "" : " xmlns:b=\"" + xml::escape(binding.name.ns) + "\"";
            ports += "<wsdl:port" + scope + " name=\"" + local + "\" binding=\"" +
                     (scope.empty() ? "" : "b:") + local + "\">" +
                     address_markup(binding.transport, address_) + "</wsdl:port>";
        }
        if (ports.empty()) return {};
        return "<wsdl:service xmlns:wsdl=\"" + std::string(ns::wsdl) + "\" name=\"" + xml::escape(name) +
               "Service\">" + ports + "</wsdl:service>";
    }

    const Closure& closure_;
    const Description& description_;
    const std::string& address_;
    const PublishedPolicies& policies_;
    std::map<const void*, const Link*> links_;
};

}  // namespace

Result<std::map<std::string, std::string>> publish(const Bundle& bundle, const Description& description,
                                                   const PublishOptions& options) {
    HUTONG_ASSIGN(const Closure closure, gather(bundle, unlimited));
    return Publisher(closure, description, options).run();
}

}  // namespace hutong::wsdl
