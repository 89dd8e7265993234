#include "wsdl/model/component_index.hpp"

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

ComponentTable::ComponentTable(const Closure& closure, std::string_view kind) {
    for (const Node& definitions : closure.definitions) {
        const std::string target = definitions.element.attribute("targetNamespace").value_or("");
        for (const xml::Element element : definitions.element.children(ns::wsdl, kind)) {
            const QName name{target, element.attribute("name").value_or("")};
            const Node node{element, definitions.file};
            const auto [known, fresh] = by_name_.try_emplace(name, all_.size());
            if (fresh) {
                all_.emplace_back(name, node);
            } else {
                duplicates_.emplace_back(node, all_[known->second].second.place());
            }
        }
    }
}

const Node* ComponentTable::find(const QName& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &all_[found->second].second;
}

ComponentIndex::ComponentIndex(const Closure& closure)
    : messages(closure, "message"),
      port_types(closure, "portType"),
      bindings(closure, "binding"),
      services(closure, "service") {}

QName referred(const Node& node, std::string_view attribute) {
    const auto written = node.element.attribute(attribute);
    if (!written) return {};
    auto name = node.element.resolve(*written);
    if (!name) return {};
    if (name->ns.empty() && written->find(':') == std::string::npos)
        name->ns = node.file->document.root().attribute("targetNamespace").value_or("");
    return std::move(*name);
}

}  // namespace hutong::wsdl
