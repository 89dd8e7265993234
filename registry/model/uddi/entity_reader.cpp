#include "registry/model/uddi/entity_reader.hpp"

#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::string_view ns_dsig = "http://www.w3.org/2000/09/xmldsig#";

void read_addresses(const xml::Element& contacts, Entity& entity) {
    for (const xml::Element contact : contacts.children(ns, "contact"))
        for (const xml::Element address : contact.children(ns, "address"))
            if (const std::string key = key_attribute(address, "tModelKey"); !key.empty())
                entity.other_tmodels.push_back(key);
}

void read_child(const xml::Element& child, Entity& entity) {
    const std::string_view name = child.local();
    if (child.is(ns_dsig, "Signature")) {
        entity.has_signature = true;
        entity.tail += normal_text(child);
    } else if (name == "discoveryURLs") {
        for (const xml::Element url : child.children(ns, "discoveryURL"))
            entity.discovery_urls.push_back(
                {collapsed(url.text()), collapsed(url.attribute("useType").value_or(""))});
        entity.lead += normal_text(child);
    } else if (name == "name") {
        entity.name_rows.push_back({collapsed(child.text()), language_of(child)});
        entity.names += normal_text(child);
    } else if (name == "description") {
        entity.descriptions += normal_text(child);
    } else if (name == "businessServices" || name == "bindingTemplates") {
        const Kind kind = name == "businessServices" ? Kind::service : Kind::binding;
        for (const xml::Element one : child.children()) entity.children.push_back(read_entity(one, kind));
    } else if (name == "identifierBag" || name == "categoryBag") {
        entity.tail += normal_text(child);
    } else {
        if (name == "contacts") read_addresses(child, entity);
        if (name == "hostingRedirector") entity.redirector = key_attribute(child, "bindingKey");
        if (name == "tModelInstanceDetails")
            for (const xml::Element one : child.children(ns, "tModelInstanceInfo"))
                entity.instances.push_back(key_attribute(one, "tModelKey"));
        entity.middle += normal_text(child);
    }
}

}  // namespace

Reference read_reference(const xml::Element& element) {
    Reference reference;
    reference.tmodel = key_attribute(element, "tModelKey");
    reference.name = collapsed(element.attribute("keyName").value_or(""));
    reference.value = collapsed(element.attribute("keyValue").value_or(""));
    return reference;
}

Bags read_bags(const xml::Element& holder) {
    Bags bags;
    if (const xml::Element bag = holder.child(ns, "identifierBag"))
        for (const xml::Element one : bag.children(ns, "keyedReference"))
            bags.identifiers.push_back(read_reference(one));
    const xml::Element bag = holder.child(ns, "categoryBag");
    if (!bag) return bags;
    unsigned groups = 0;
    for (const xml::Element one : bag.children()) {
        if (one.local() == "keyedReference") {
            bags.categories.push_back(read_reference(one));
            continue;
        }
        const std::string key = key_attribute(one, "tModelKey");
        const auto members = one.children(ns, "keyedReference");
        if (members.empty()) bags.empty_groups.push_back(key);
        for (const xml::Element member : members) {
            Reference reference = read_reference(member);
            reference.group = groups;
            reference.group_key = key;
            bags.categories.push_back(std::move(reference));
        }
        ++groups;
    }
    return bags;
}

std::vector<Name> read_names(const xml::Element& holder) {
    std::vector<Name> names;
    for (const xml::Element one : holder.children(ns, "name"))
        names.push_back({collapsed(one.text()), language_of(one)});
    return names;
}

Entity read_entity(const xml::Element& element, Kind kind) {
    Entity entity;
    entity.kind = kind;
    entity.key = key_attribute(element, key_name_of(kind));
    if (kind == Kind::service) entity.parent = key_attribute(element, "businessKey");
    if (kind == Kind::binding) entity.parent = key_attribute(element, "serviceKey");
    entity.bags = read_bags(element);
    for (xml::Element child = element.first_child(); child; child = child.next_sibling())
        read_child(child, entity);
    return entity;
}

}  // namespace hutong::registry::uddi
