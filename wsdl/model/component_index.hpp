// Messages, port types, bindings and services of a contract by name.
//
// Views into a Closure, which must outlive it.
#pragma once

#include <map>

#include "wsdl/model/closure.hpp"

namespace hutong::wsdl {

// The components of one kind. Of several with the same name the first counts.
class ComponentTable {
  public:
    ComponentTable(const Closure& closure, std::string_view kind);
    const Node* find(const QName& name) const;  // nullptr: none
    const std::vector<std::pair<QName, Node>>& all() const { return all_; }
    const std::vector<std::pair<Node, Place>>& duplicates() const { return duplicates_; }

  private:
    std::vector<std::pair<QName, Node>> all_;  // in document order, main file first
    std::map<QName, std::size_t> by_name_;
    std::vector<std::pair<Node, Place>> duplicates_;  // the later one, and where the first is
};

struct ComponentIndex {
    explicit ComponentIndex(const Closure& closure);
    ComponentTable messages;
    ComponentTable port_types;
    ComponentTable bindings;
    ComponentTable services;
};

// The QName an attribute holds; empty local when it is absent or its prefix is not declared. Many
// hand-written contracts leave out the prefix although no default namespace is declared; they mean the target
// namespace.
QName referred(const Node& node, std::string_view attribute);

}  // namespace hutong::wsdl
