#include "security/xmldsig/ids.hpp"

#include <algorithm>

#include <libxml/parser.h>
#include <libxml/valid.h>

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

constexpr std::string_view xenc = "http://www.w3.org/2001/04/xmlenc#";

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}

std::string value_of(const xmlAttr* attribute) {
    xmlChar* const text = xmlNodeListGetString(attribute->doc, attribute->children, 1);
    std::string value(view(text));
    xmlFree(text);
    return value;
}

bool is_id(const xmlAttr* attribute, std::span<const xml::Element> plain_id) {
    const xmlNode* const element = attribute->parent;
    const std::string_view name = view(attribute->name);
    const auto ns_of = [](const auto* node) {
        return node->ns == nullptr ? std::string_view{} : view(node->ns->href);
    };
    if (is_standard_id(ns_of(element), view(element->name), ns_of(attribute), name)) return true;
    return attribute->ns == nullptr && name == "Id" &&
           std::find(plain_id.begin(), plain_id.end(), xml::Element(attribute->parent)) != plain_id.end();
}

xmlNode* next_in_document(const xmlNode* node, const xmlNode* root) {
    if (node->children != nullptr && node->type == XML_ELEMENT_NODE) return node->children;
    while (node != root && node->next == nullptr) node = node->parent;
    return node == root ? nullptr : node->next;
}

bool below(const xmlNode* node, const xmlNode* ancestor) {
    for (node = node->parent; node != nullptr; node = node->parent)
        if (node == ancestor) return true;
    return false;
}

}  // namespace

bool is_standard_id(std::string_view element_ns, std::string_view element, std::string_view attribute_ns,
                    std::string_view attribute) {
    if (!attribute_ns.empty())
        return (attribute_ns == soap::ns_wsu && attribute == "Id") ||
               (attribute_ns == names::xml && attribute == "id");
    if (element_ns == names::ds || element_ns == xenc) return attribute == "Id";
    if (element_ns == names::saml10) return attribute == "AssertionID" && element == "Assertion";
    return element_ns == names::saml20 && attribute == "ID" && element == "Assertion";
}

Error occurs_twice(std::string_view id) {
    return refused("the Id \"" + std::string(id.substr(0, 100)) + "\" occurs more than once in the message");
}

Result<IdIndex> IdIndex::make(const xml::Document& document, std::span<const xml::Element> plain_id,
                              xml::Element body) {
    IdIndex index;
    const xmlNode* const root = document.root().raw();
    for (const xmlNode* node = root; node != nullptr; node = next_in_document(node, root)) {
        if (node->type != XML_ELEMENT_NODE) continue;
        for (xmlAttr* a = node->properties; a != nullptr; a = a->next) {
            if (!may_be_read_as_id(view(a->name))) continue;
            const bool counts = is_id(a, plain_id);
            index.entries_.push_back(
                {value_of(a), a, counts, !counts && a->ns == nullptr && below(node, body.raw())});
        }
    }
    std::sort(index.entries_.begin(), index.entries_.end(),
              [](const Entry& a, const Entry& b) { return a.value < b.value; });
    for (std::size_t i = 1; i < index.entries_.size(); ++i) {
        const Entry& one = index.entries_[i - 1];
        const Entry& other = index.entries_[i];
        if (one.value == other.value && !(one.business && other.business)) return occurs_twice(one.value);
    }
    return index;
}

std::span<const IdIndex::Entry> IdIndex::with_value(std::string_view id) const {
    const auto first =
        std::lower_bound(entries_.begin(), entries_.end(), id,
                         [](const Entry& entry, std::string_view value) { return entry.value < value; });
    auto last = first;
    while (last != entries_.end() && last->value == id) ++last;
    return {first, last};
}

Result<xml::Element> IdIndex::find(std::string_view id) const {
    const auto found = with_value(id);
    if (found.size() > 1) return occurs_twice(id);
    return found.empty() || !found.front().counts ? xml::Element()
                                                  : xml::Element(found.front().attribute->parent);
}

void IdIndex::register_id(std::string_view id) const {
    const auto found = with_value(id);
    if (found.size() != 1 || !found.front().counts) return;
    xmlAttr* const attribute = found.front().attribute;
    // xml:id is in the table already: the parser puts it there.
    if (attribute->atype == XML_ATTRIBUTE_ID) return;
    xmlAddID(nullptr, attribute->doc, reinterpret_cast<const xmlChar*>(found.front().value.c_str()),
             attribute);
}

}  // namespace hutong::security
