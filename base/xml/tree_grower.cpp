#include "base/xml/tree_grower.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace hutong::xml {

namespace {

const xmlChar* characters(std::string_view text) {
    return reinterpret_cast<const xmlChar*>(text.data());
}

template <typename T>
T* made(T* object) {
    if (object == nullptr) throw std::bad_alloc();
    return object;
}

}  // namespace

TreeGrower::TreeGrower() : document_(made(xmlNewDoc(reinterpret_cast<const xmlChar*>("1.0")))) {}

void TreeGrower::plant(xmlNodePtr node) {
    made(node);
    xmlAddChild(open_ == nullptr ? reinterpret_cast<xmlNodePtr>(document_.raw()) : open_, node);
}

void TreeGrower::plant_text() {
    const Pending pending = std::exchange(pending_, Pending::none);
    if (pending == Pending::none) return;
    const int size = static_cast<int>(text_.size());
    plant(pending == Pending::cdata ? xmlNewCDataBlock(document_.raw(), characters(text_), size)
                                    : xmlNewDocTextLen(document_.raw(), characters(text_), size));
    text_.clear();
}

void TreeGrower::start(const StartTag& tag, int line) {
    plant_text();
    xmlDocPtr const document = document_.raw();
    xmlNodePtr const node = made(xmlNewDocRawNode(document, nullptr, characters(tag.local), nullptr));
    plant(node);
    node->line = static_cast<unsigned short>(std::min(line, 65535));
    open_ = node;
    bindings_before_.push_back(bindings_.size());
    for (const NamespaceEvent& ns : tag.namespaces) {
        const xmlChar* const prefix = *ns.prefix == '\0' ? nullptr : characters(ns.prefix);
        bindings_.push_back({ns.prefix, made(xmlNewNs(node, characters(ns.uri), prefix))});
    }
    if (*tag.ns != '\0') node->ns = bound(tag.prefix);
    for (const AttributeEvent& attribute : tag.attributes)
        made(xmlNewNsProp(node, *attribute.ns == '\0' ? nullptr : bound(attribute.prefix),
                          characters(attribute.local), characters(std::string(attribute.value))));
}

// libxml2 would compare the texts of all declarations above. A prefix is one object for the parser.
xmlNsPtr TreeGrower::bound(std::string_view prefix) {
    const auto found = std::find_if(bindings_.rbegin(), bindings_.rend(),
                                    [&](const Binding& binding) { return binding.prefix == prefix.data(); });
    if (found != bindings_.rend()) return found->ns;
    return made(xmlSearchNs(document_.raw(), open_, characters(prefix)));  // of xml itself
}

void TreeGrower::end() {
    plant_text();
    bindings_.resize(bindings_before_.back());
    bindings_before_.pop_back();
    open_ = open_->parent->type == XML_ELEMENT_NODE ? open_->parent : nullptr;
}

void TreeGrower::text(std::string_view text, bool cdata) {
    const Pending kind = cdata ? Pending::cdata : Pending::text;
    if (pending_ != kind) plant_text();
    pending_ = kind;
    text_ += text;
}

void TreeGrower::comment(const std::string& text) {
    plant_text();
    plant(xmlNewDocComment(document_.raw(), characters(text)));
}

void TreeGrower::instruction(const std::string& target, const std::string& data) {
    plant_text();
    plant(xmlNewDocPI(document_.raw(), characters(target), data.empty() ? nullptr : characters(data)));
}

Document TreeGrower::take() {
    plant_text();
    return std::move(document_);
}

}  // namespace hutong::xml
