#include "registry/model/uddi/technical_note.hpp"

#include <map>
#include <set>

#include "base/bytes.hpp"
#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::string_view wsdl_types = "uddi:uddi.org:wsdl:types";
constexpr std::string_view xml_namespace = "uddi:uddi.org:xml:namespace";
constexpr std::string_view xml_local_name = "uddi:uddi.org:xml:localname";
constexpr std::string_view port_type_reference = "uddi:uddi.org:wsdl:porttypereference";
constexpr std::string_view binding_protocol = "uddi:uddi.org:wsdl:categorization:protocol";
constexpr std::string_view binding_transport = "uddi:uddi.org:wsdl:categorization:transport";
constexpr std::string_view type_system = "uddi:uddi.org:categorization:types";

constexpr std::size_t most_characters = 255;  // of names, descriptions, keyValues

// Not more characters than the schema allows, and no half of one.
std::string shortened(std::string_view text) {
    std::string line = collapsed(text);
    std::size_t characters = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if ((static_cast<unsigned char>(line[i]) & 0xc0) == 0x80) continue;
        if (++characters > most_characters) return collapsed(line.substr(0, i));
    }
    return line;
}

void put_name(Entity& entity, std::string_view name) {
    entity.name_rows.push_back({shortened(name), {}});
    entity.names = element("name", entity.name_rows.back().text);
}

void put_categories(Entity& entity, std::vector<Reference> references) {
    std::string text;
    for (const Reference& one : references)
        text += "<keyedReference" + attribute("tModelKey", one.tmodel) + attribute("keyName", one.name) +
                attribute("keyValue", one.value) + "/>";
    entity.tail = enclosed("categoryBag", text);
    entity.bags.categories = std::move(references);
}

Reference reference(std::string_view tmodel, std::string_view name, std::string_view value) {
    return {std::string(tmodel), std::string(name), shortened(value)};
}

// Local names become parts of keys where they can; keys are compared without case, so two may clash.
class PartNames {
  public:
    std::string of(const xml::QName& name) {
        const auto known = names_.find(name);
        if (known != names_.end()) return known->second;
        std::string part = fold_key(name.local);
        const bool usable =
            part.size() <= 60 &&
            part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos;
        if (!usable || !taken_.insert(part).second) {
            part = to_hex(sha256(name.text())).substr(0, 32);
            taken_.insert(part);
        }
        names_.emplace(name, part);
        return part;
    }

  private:
    std::map<xml::QName, std::string> names_;
    std::set<std::string> taken_;
};

struct PortOf {
    std::string name;
    const wsdl::Binding* binding;
};

bool is_soap(const wsdl::Binding& binding) {
    return binding.transport == wsdl::Transport::soap11_http ||
           binding.transport == wsdl::Transport::soap12_http;
}

// The SOAP ports of the service that is published; of a contract without one, its SOAP bindings.
std::vector<PortOf> ports_of(const wsdl::Description& description, const wsdl::Service* published) {
    std::vector<PortOf> ports;
    if (published == nullptr) {
        for (const wsdl::Binding& binding : description.bindings)
            if (is_soap(binding)) ports.push_back({binding.name.local, &binding});
        return ports;
    }
    for (const wsdl::Port& port : published->ports) {
        const wsdl::Binding* const binding = description.binding(port.binding);
        if (binding != nullptr && is_soap(*binding)) ports.push_back({port.name, binding});
    }
    return ports;
}

const wsdl::Service* published_service(const wsdl::Description& description, const std::string& name) {
    for (const wsdl::Service& one : description.services)
        if (name.empty() || one.name.local == name) return &one;
    return nullptr;
}

class Maker {
  public:
    Maker(const Service& service, const wsdl::Description& description)
        : service_(service),
          description_(description),
          key_(service_key(service.org, service.name)),
          address_(std::string(public_url_mark) + "/services/" + service.org + "/" + service.name) {}

    ServiceView run() {
        const wsdl::Service* const published = published_service(description_, service_.wsdl_service);
        make_service(published);
        PartNames names;
        for (const PortOf& port : ports_of(description_, published)) {
            const std::string port_type = port_type_of(port.binding->port_type);
            const std::string binding = binding_of(*port.binding, port_type);
            Entity entity = made(Kind::binding, key_ + ":port:" + names.of({"", port.name}), key_);
            entity.middle =
                "<accessPoint useType=\"endPoint\">" + xml::escape(address_) + "</accessPoint>" +
                enclosed("tModelInstanceDetails", instance(binding, port.name) + instance(port_type, ""));
            entity.instances = {binding, port_type};
            view_.service.children.push_back(std::move(entity));
        }
        return std::move(view_);
    }

  private:
    Entity made(Kind kind, std::string key, std::string parent) const {
        Entity entity;
        entity.kind = kind;
        entity.key = std::move(key);
        entity.parent = std::move(parent);
        entity.org = service_.org;
        entity.service = service_.name;
        return entity;
    }

    static std::string instance(const std::string& tmodel, const std::string& port) {
        std::string inside;
        if (!port.empty()) inside = enclosed("instanceDetails", element("instanceParms", port));
        return "<tModelInstanceInfo" + attribute("tModelKey", tmodel) + ">" + inside +
               "</tModelInstanceInfo>";
    }

    void make_service(const wsdl::Service* published) {
        view_.service = made(Kind::service, key_, business_key(service_.org));
        put_name(view_.service, service_.name);
        std::vector<Reference> categories{reference(wsdl_types, "WSDL type", "service")};
        if (published != nullptr) {
            if (!published->name.ns.empty())
                categories.push_back(reference(xml_namespace, "service namespace", published->name.ns));
            categories.push_back(reference(xml_local_name, "service local name", published->name.local));
            const std::string said = shortened(published->documentation);
            if (!said.empty()) view_.service.descriptions = element("description", said);
        }
        put_categories(view_.service, std::move(categories));
    }

    Entity tmodel(const std::string& key, const xml::QName& name) const {
        Entity entity = made(Kind::tmodel, key, "");
        put_name(entity, name.local);
        entity.middle = enclosed("overviewDoc", "<overviewURL useType=\"wsdlInterface\">" +
                                                    xml::escape(address_ + "?wsdl") + "</overviewURL>");
        return entity;
    }

    static void add_namespace(std::vector<Reference>& categories, std::string_view what,
                              const xml::QName& name) {
        if (!name.ns.empty()) categories.push_back(reference(xml_namespace, what, name.ns));
    }

    std::string port_type_of(const xml::QName& name) {
        const std::string key = key_ + ":porttype:" + port_type_names_.of(name);
        if (!made_.insert(key).second) return key;
        Entity entity = tmodel(key, name);
        std::vector<Reference> categories{reference(wsdl_types, "WSDL type", "portType")};
        add_namespace(categories, "portType namespace", name);
        put_categories(entity, std::move(categories));
        view_.tmodels.push_back(std::move(entity));
        return key;
    }

    std::string binding_of(const wsdl::Binding& binding, const std::string& port_type) {
        const std::string key = key_ + ":binding:" + binding_names_.of(binding.name);
        if (!made_.insert(key).second) return key;
        Entity entity = tmodel(key, binding.name);
        std::vector<Reference> categories{
            reference(wsdl_types, "WSDL type", "binding"),
            {std::string(port_type_reference), "portType reference", port_type}};
        add_namespace(categories, "binding namespace", binding.name);
        const bool soap12 = binding.transport == wsdl::Transport::soap12_http;
        categories.push_back(
            reference(binding_protocol, soap12 ? "SOAP 1.2 protocol" : "SOAP protocol",
                      soap12 ? "uddi:uddi.org:protocol:soap12" : "uddi:uddi.org:protocol:soap"));
        categories.push_back(reference(binding_transport, "HTTP transport", "uddi:uddi.org:transport:http"));
        categories.push_back(reference(type_system, "uddi-org:types", "wsdlSpec"));
        put_categories(entity, std::move(categories));
        view_.tmodels.push_back(std::move(entity));
        return key;
    }

    const Service& service_;
    const wsdl::Description& description_;
    const std::string key_;
    const std::string address_;
    ServiceView view_;
    PartNames port_type_names_, binding_names_;
    std::set<std::string> made_;
};

}  // namespace

std::string business_key(std::string_view org) {
    return "uddi:hutong:org:" + std::string(org);
}

std::string service_key(std::string_view org, std::string_view name) {
    return "uddi:hutong:service:" + std::string(org) + ":" + std::string(name);
}

Entity view_of(const Organisation& organisation) {
    Entity entity;
    entity.kind = Kind::business;
    entity.key = business_key(organisation.id);
    entity.org = organisation.id;
    put_name(entity, organisation.name);
    return entity;
}

ServiceView view_of(const Service& service, const wsdl::Description& description) {
    return Maker(service, description).run();
}

}  // namespace hutong::registry::uddi
