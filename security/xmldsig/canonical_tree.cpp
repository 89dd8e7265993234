#include "security/xmldsig/canonical_tree.hpp"

#include <algorithm>
#include <deque>

#include <libxml/tree.h>

#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

const char* text_or_empty(const xmlChar* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

// The parser that made these trees replaced every reference, so the value is one text node or none.
std::string_view value_of(const xmlAttr* attribute) {
    return attribute->children == nullptr ? std::string_view() : text_or_empty(attribute->children->content);
}

xml::AttributeEvent event_of(const xmlAttr* a) {
    return {text_or_empty(a->name), a->ns == nullptr ? "" : text_or_empty(a->ns->prefix),
            a->ns == nullptr ? "" : text_or_empty(a->ns->href), value_of(a)};
}

// One walk through a tree.
class Replay {
  public:
    explicit Replay(CanonicalWriter& writer) : writer_(writer) {}

    // The parser limits the depth, so recursion is bounded.
    void element(const xmlNode* node) {
        namespaces_.clear();
        for (const xmlNs* ns = node->nsDef; ns != nullptr; ns = ns->next)
            namespaces_.push_back({text_or_empty(ns->prefix), text_or_empty(ns->href)});
        attributes_.clear();
        for (const xmlAttr* a = node->properties; a != nullptr; a = a->next)
            attributes_.push_back(event_of(a));
        writer_.start({text_or_empty(node->name), node->ns == nullptr ? "" : text_or_empty(node->ns->prefix),
                       node->ns == nullptr ? "" : text_or_empty(node->ns->href), namespaces_, attributes_});
        for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
            if (child->type == XML_ELEMENT_NODE)
                element(child);
            else if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
                writer_.text(text_or_empty(child->content));
        }
        writer_.end();
    }

  private:
    CanonicalWriter& writer_;
    std::vector<xml::NamespaceEvent> namespaces_;
    std::vector<xml::AttributeEvent> attributes_;
};

class TextSink final : public OctetSink {
  public:
    void write(std::string_view octets) override { text.append(octets); }
    std::string text;
};

}  // namespace

Ancestry ancestry_of(xml::Element apex) {
    Ancestry result;
    result.namespaces.reserve(8);
    for (const xmlNode* node = apex.raw()->parent; node != nullptr && node->type == XML_ELEMENT_NODE;
         node = node->parent) {
        for (const xmlNs* ns = node->nsDef; ns != nullptr; ns = ns->next) {
            const std::string_view prefix = text_or_empty(ns->prefix);
            if (std::none_of(result.namespaces.begin(), result.namespaces.end(),
                             [&](const auto& nearer) { return nearer.prefix == prefix; }))
                result.namespaces.push_back({prefix.data(), text_or_empty(ns->href)});
        }
        for (const xmlAttr* a = node->properties; a != nullptr; a = a->next) {
            if (a->ns == nullptr || text_or_empty(a->ns->href) != names::xml) continue;
            const std::string_view local = text_or_empty(a->name);
            if (std::none_of(result.xml_attributes.begin(), result.xml_attributes.end(),
                             [&](const auto& nearer) { return nearer.local == local; }))
                result.xml_attributes.push_back(event_of(a));
        }
    }
    return result;
}

void write_subtree(xml::Element apex, const C14nMethod& method, OctetSink& sink) {
    CanonicalWriter writer(method, ancestry_of(apex), sink);
    Replay(writer).element(apex.raw());
}

std::string canonical_text(xml::Element apex, const C14nMethod& method) {
    TextSink sink;
    write_subtree(apex, method, sink);
    return std::move(sink.text);
}

bool is_relative_uri(std::string_view uri) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (uri.empty() || !letter(uri[0])) return true;
    const std::size_t end =
        uri.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    return end == std::string_view::npos || uri[end] != ':';
}

}  // namespace hutong::security
