// The global components of all schemas of a contract by name, and what each refers to.
//
// Views into a Closure, which must outlive it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "wsdl/model/closure.hpp"

namespace hutong::wsdl {

enum class ComponentKind { element, type, attribute, group, attribute_group };

std::string_view to_string(ComponentKind kind);

class SchemaIndex {
  public:
    explicit SchemaIndex(const Closure& closure);

    struct Component {
        Node node;
        bool uses_mime_type{false};        // xmime:expectedContentTypes on it or on anything it is made of
        std::vector<std::size_t> made_of;  // components it refers to
    };
    struct Reference {
        Node from;
        ComponentKind kind{ComponentKind::type};
        std::string written;  // the QName as it stands there
        QName name;           // empty local: its prefix is not declared
        bool resolved{false};
        bool namespace_imported{true};  // the schema imports that namespace, as R2102 asks
    };

    const Component* find(ComponentKind kind, const QName& name) const;  // nullptr: none
    // True also for the built-in types and for what the well-known schemas declare.
    bool declares(ComponentKind kind, const QName& name) const;
    const std::vector<Reference>& references() const { return references_; }
    // The second and later declarations of a name, with the place of the first.
    const std::vector<std::pair<Node, Place>>& duplicates() const { return duplicates_; }

  private:
    using Key = std::pair<ComponentKind, QName>;
    void add_schema(const Schema& schema);
    void add_component(const Schema& schema, xml::Element element);
    void scan(const Schema& schema, std::size_t component, xml::Element top);
    void add_reference(const Schema& schema, std::size_t component, xml::Element at, ComponentKind kind,
                       std::string_view written);
    void resolve_references();
    void spread_mime_types();

    struct Pending {
        std::size_t component;
        std::size_t reference;
    };
    std::vector<Component> components_;
    std::map<Key, std::size_t> by_name_;
    std::vector<Reference> references_;
    std::vector<Pending> pending_;
    std::vector<std::pair<Node, Place>> duplicates_;
    std::set<std::string> imported_;  // namespaces the schema being added may refer to
};

}  // namespace hutong::wsdl
