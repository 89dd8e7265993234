#include "wsdl/model/schema_index.hpp"

#include <algorithm>
#include <optional>

#include "wsdl/model/names.hpp"
#include "wsdl/model/well_known.hpp"

namespace hutong::wsdl {

namespace {

std::optional<ComponentKind> kind_of(xml::Element element) {
    if (element.ns() != ns::xsd) return std::nullopt;
    const std::string_view local = element.local();
    if (local == "element") return ComponentKind::element;
    if (local == "complexType" || local == "simpleType") return ComponentKind::type;
    if (local == "attribute") return ComponentKind::attribute;
    if (local == "group") return ComponentKind::group;
    if (local == "attributeGroup") return ComponentKind::attribute_group;
    return std::nullopt;
}

// Which attributes of which schema elements hold QNames, and of what (XML Schema 1.0 part 1).
struct ReferenceRow {
    std::string_view element;
    const char* attribute;
    ComponentKind kind;
};
constexpr ReferenceRow reference_rows[] = {
    {"element", "type", ComponentKind::type},
    {"element", "ref", ComponentKind::element},
    {"element", "substitutionGroup", ComponentKind::element},
    {"attribute", "type", ComponentKind::type},
    {"attribute", "ref", ComponentKind::attribute},
    {"group", "ref", ComponentKind::group},
    {"attributeGroup", "ref", ComponentKind::attribute_group},
    {"restriction", "base", ComponentKind::type},
    {"extension", "base", ComponentKind::type},
    {"list", "itemType", ComponentKind::type},
    {"union", "memberTypes", ComponentKind::type},
};

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> result;
    for (std::size_t i = 0; (i = text.find_first_not_of(" \t\r\n", i)) != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n", i), text.size());
        result.push_back(text.substr(i, end - i));
        i = end;
    }
    return result;
}

}  // namespace

std::string_view to_string(ComponentKind kind) {
    switch (kind) {
        case ComponentKind::element:
            return "element";
        case ComponentKind::type:
            return "type";
        case ComponentKind::attribute:
            return "attribute";
        case ComponentKind::group:
            return "group";
        case ComponentKind::attribute_group:
            return "attribute group";
    }
    return "component";
}

SchemaIndex::SchemaIndex(const Closure& closure) {
    for (const Schema& schema : closure.schemas) add_schema(schema);
    resolve_references();
    spread_mime_types();
}

void SchemaIndex::add_schema(const Schema& schema) {
    imported_ = {schema.ns};
    for (const auto& [kind, element] : link_elements(schema.root.element))
        if (kind == LinkKind::schema_import) imported_.insert(element.attribute("namespace").value_or(""));
    for (const xml::Element child : schema.root.element.children()) {
        if (child.is(ns::xsd, "redefine")) {
            // A redefinition refers to the component it replaces by its own name; the original is indexed
            // already or will be, so only what is new inside is looked at.
            for (const xml::Element redefined : child.children())
                if (const auto kind = kind_of(redefined);
                    kind && !find(*kind, {schema.ns, redefined.attribute("name").value_or("")}))
                    add_component(schema, redefined);
        } else {
            add_component(schema, child);
        }
    }
}

void SchemaIndex::add_component(const Schema& schema, xml::Element element) {
    const auto kind = kind_of(element);
    const auto name = element.attribute("name");
    if (!kind || !name) return;
    const Node node{element, schema.root.file};
    const auto [known, fresh] = by_name_.try_emplace({*kind, {schema.ns, *name}}, components_.size());
    const bool redefined =
        !fresh && (element.parent().is(ns::xsd, "redefine") ||
                   components_[known->second].node.element.parent().is(ns::xsd, "redefine"));
    if (!fresh && !redefined) duplicates_.emplace_back(node, components_[known->second].node.place());
    components_.push_back({node, false, {}});
    scan(schema, components_.size() - 1, element);
}

// Looks at a global component and everything in it except its documentation.
void SchemaIndex::scan(const Schema& schema, std::size_t component, xml::Element top) {
    xml::Element at = top;
    while (at) {
        const bool prose = at.is(ns::xsd, "annotation");
        if (!prose && at.ns() == ns::xsd) {
            for (const ReferenceRow& row : reference_rows) {
                if (at.local() != row.element) continue;
                if (const auto written = at.attribute(row.attribute))
                    for (const std::string_view word : words(*written))
                        add_reference(schema, component, at, row.kind, word);
            }
            if (at.attribute("expectedContentTypes", ns::xmime) ||
                at.attribute("expectedContentTypes", ns::xmime2004))
                components_[component].uses_mime_type = true;
        }
        if (const xml::Element child = prose ? xml::Element{} : at.first_child()) {
            at = child;
            continue;
        }
        while (at != top && !at.next_sibling()) at = at.parent();
        if (at == top) return;
        at = at.next_sibling();
    }
}

void SchemaIndex::add_reference(const Schema& schema, std::size_t component, xml::Element at,
                                ComponentKind kind, std::string_view written) {
    Reference reference{{at, schema.root.file}, kind, std::string(written), {}, false, true};
    if (auto name = at.resolve(written)) {
        reference.name = std::move(*name);
        // Inside a chameleon, names without a namespace mean the one it was included into.
        if (schema.chameleon && reference.name.ns.empty()) reference.name.ns = schema.ns;
        if (reference.name.ns == ns::xsd && kind == ComponentKind::type) return;
        reference.namespace_imported = imported_.contains(reference.name.ns);
    }
    pending_.push_back({component, references_.size()});
    references_.push_back(std::move(reference));
}

void SchemaIndex::resolve_references() {
    for (const Pending& pending : pending_) {
        Reference& reference = references_[pending.reference];
        if (reference.name.local.empty()) continue;
        const auto found = by_name_.find({reference.kind, reference.name});
        reference.resolved = found != by_name_.end() || declares(reference.kind, reference.name);
        if (found != by_name_.end()) components_[pending.component].made_of.push_back(found->second);
    }
}

// What is made of something that carries a MIME type carries one itself: walked against the references, once.
void SchemaIndex::spread_mime_types() {
    std::vector<std::vector<std::size_t>> used_by(components_.size());
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < components_.size(); ++i) {
        for (const std::size_t part : components_[i].made_of) used_by[part].push_back(i);
        if (components_[i].uses_mime_type) waiting.push_back(i);
    }
    while (!waiting.empty()) {
        const std::size_t part = waiting.back();
        waiting.pop_back();
        for (const std::size_t user : used_by[part]) {
            if (components_[user].uses_mime_type) continue;
            components_[user].uses_mime_type = true;
            waiting.push_back(user);
        }
    }
}

const SchemaIndex::Component* SchemaIndex::find(ComponentKind kind, const QName& name) const {
    const auto found = by_name_.find({kind, name});
    return found == by_name_.end() ? nullptr : &components_[found->second];
}

bool SchemaIndex::declares(ComponentKind kind, const QName& name) const {
    if (find(kind, name) != nullptr) return true;
    if (kind == ComponentKind::type && (name.ns == ns::xsd || name.ns == ns::soap_encoding)) return true;
    if (kind == ComponentKind::attribute && name.ns == ns::soap_encoding) return true;
    const std::string_view text = well_known_schema(name.ns);
    return text.find("name=\"" + name.local + "\"") != std::string_view::npos;
}

}  // namespace hutong::wsdl
