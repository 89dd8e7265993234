#include "security/xmldsig/nodes.hpp"

#include <libxml/tree.h>

namespace hutong::security {

bool only_elements_and_text(xml::Element element) {
    for (const xmlNode* node = element.raw()->children; node != nullptr; node = node->next) {
        if (node->type == XML_TEXT_NODE) continue;
        // The parser limits the depth, so recursion is bounded.
        if (node->type != XML_ELEMENT_NODE ||
            !only_elements_and_text(xml::Element(const_cast<xmlNode*>(node))))
            return false;
    }
    return true;
}

std::optional<std::string> plain_text(xml::Element element) {
    for (const xmlNode* node = element.raw()->children; node != nullptr; node = node->next)
        if (node->type != XML_TEXT_NODE) return std::nullopt;
    return element.text();
}

bool comment_within_text(xml::Element element) {
    bool comment = false;
    bool text = false;
    for (xmlNode* node = element.raw()->children; node != nullptr; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && comment_within_text(xml::Element(node))) return true;
        comment = comment || node->type == XML_COMMENT_NODE;
        text = text || node->type == XML_CDATA_SECTION_NODE ||
               (node->type == XML_TEXT_NODE && xmlIsBlankNode(node) == 0);
    }
    return comment && text;
}

bool is_ancestor_or_self(xml::Element ancestor, xml::Element element) {
    for (const xmlNode* node = element.raw(); node != nullptr; node = node->parent)
        if (node == ancestor.raw()) return true;
    return false;
}

}  // namespace hutong::security
