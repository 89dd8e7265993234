#include "tests/fuzz/message_facts.hpp"

#include <algorithm>
#include <map>

#include <libxml/parser.h>

namespace hutong::test {

namespace {

constexpr std::string_view wsa_ns = "http://www.w3.org/2005/08/addressing";
constexpr std::string_view soap11 = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr std::string_view soap12 = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::string_view xsi_ns = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view xsd_ns = "http://www.w3.org/2001/XMLSchema";
constexpr std::string_view xenc_ns = "http://www.w3.org/2001/04/xmlenc#";

bool any_node(const xmlNode* node, const std::function<bool(const xmlNode*)>& holds) {
    for (; node != nullptr; node = node->next)
        if (holds(node) || (node->type == XML_ELEMENT_NODE && any_node(node->children, holds))) return true;
    return false;
}

bool is_blank(const xmlNode* text) {
    return view(text->content).find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string role_of(const xmlNode* block, std::string_view envelope_ns) {
    const char* const name = envelope_ns == soap11 ? "actor" : "role";
    xmlChar* const value = xmlGetNsProp(block, reinterpret_cast<const xmlChar*>(name),
                                        reinterpret_cast<const xmlChar*>(envelope_ns.data()));
    const std::string role = without_space(std::string(view(value)));
    xmlFree(value);
    return role;
}

// The prefix of a name in a value; "" where it has none.
std::string prefix_of(const std::string& name) {
    const auto colon = name.find(':');
    return colon == std::string::npos ? std::string() : without_space(name.substr(0, colon));
}

// A value that is a name by the target's contract (verify_fuzz.cpp) or by xsi:type.
bool holds_names(const xmlNode* element) {
    return named(element, "kind") || has_attribute(element, "ref") ||
           xmlHasNsProp(element, reinterpret_cast<const xmlChar*>("type"),
                        reinterpret_cast<const xmlChar*>(xsi_ns.data())) != nullptr;
}

bool uses_prefix(const xmlNode* element, const std::string& prefix) {
    const auto of = [&](const xmlNs* ns) { return ns != nullptr && view(ns->prefix) == prefix; };
    // An element in no namespace writes nothing that would show what no prefix means.
    if (prefix.empty() ? element->ns != nullptr && element->ns->prefix == nullptr : of(element->ns))
        return true;
    for (const xmlAttr* a = element->properties; a != nullptr; a = a->next)
        if (!prefix.empty() && of(a->ns)) return true;
    return false;
}

// Every value of the element that may hold names.
std::vector<std::string> names_in(const xmlNode* element) {
    std::vector<std::string> all;
    const auto add = [&](const std::string& text) {
        for (std::size_t at = 0; (at = text.find_first_not_of(" \t\r\n", at)) != std::string::npos;) {
            const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
            all.push_back(text.substr(at, end - at));
            at = end;
        }
    };
    for (const xmlAttr* a = element->properties; a != nullptr; a = a->next) {
        xmlChar* const value = xmlNodeListGetString(element->doc, a->children, 1);
        add(std::string(view(value)));
        xmlFree(value);
    }
    if (children_of(element).empty()) add(text_of(element));
    return all;
}

bool is_relative(std::string_view uri) {
    const auto colon = uri.find(':');
    return !uri.empty() && (colon == std::string_view::npos || uri.find_first_of("/?#") < colon);
}

}  // namespace

MessageFacts::MessageFacts(const FuzzMessage& message) : message_(message) {
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(xmlNewParserCtxt(),
                                                                               xmlFreeParserCtxt);
    document_.reset(xmlCtxtReadMemory(
        context.get(), message.root.data(), static_cast<int>(message.root.size()), nullptr, nullptr,
        XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    // libxml2 takes a null character for the end of the text.
    well_formed_ = document_ && context->wellFormed == 1 && context->nsWellFormed == 1 &&
                   message.root.find('\0') == std::string::npos;
    for (xmlNode* const block : blocks()) {
        const std::string role = role_of(block, view(root()->ns->href));
        const bool ours = role.empty() || role.ends_with("/next") || role.ends_with("/ultimateReceiver");
        if (ours && named(block, wsse_ns, "Security")) headers_.push_back(block);
    }
}

bool MessageFacts::any_element(const std::function<bool(xmlNode*)>& holds) const {
    return any_node(root(), [&](const xmlNode* node) {
        return node->type == XML_ELEMENT_NODE && holds(const_cast<xmlNode*>(node));
    });
}

xmlNode* MessageFacts::header() const {
    return headers_.empty() ? nullptr : headers_.front();
}

std::vector<xmlNode*> MessageFacts::blocks() const {
    if (root() == nullptr || root()->ns == nullptr) return {};
    return children_of(child_of(root(), view(root()->ns->href), "Header"));
}

bool MessageFacts::plain_text() const {
    const std::string_view encoding = document_ ? view(document_->encoding) : "";
    return document_ && view(document_->version) == "1.0" &&
           (encoding.empty() ||
            xmlStrcasecmp(document_->encoding, reinterpret_cast<const xmlChar*>("UTF-8")) == 0);
}

bool MessageFacts::has_doctype() const {
    return document_ && document_->intSubset != nullptr;
}

bool MessageFacts::has_instruction() const {
    return document_ &&
           any_node(document_->children, [](const xmlNode* node) { return node->type == XML_PI_NODE; });
}

bool MessageFacts::envelope_departs() const {
    const xmlNode* const envelope = root();
    if (envelope == nullptr || envelope->ns == nullptr || !named(envelope, "Envelope")) return true;
    const std::string_view ns = view(envelope->ns->href);
    const std::vector<xmlNode*> all = children_of(envelope);
    const auto holds_text = [](const xmlNode* parent) {
        for (const xmlNode* node = parent->children; node != nullptr; node = node->next)
            if (node->type == XML_CDATA_SECTION_NODE || (node->type == XML_TEXT_NODE && !is_blank(node)))
                return true;
        return false;
    };
    return (ns != soap11 && ns != soap12) || all.empty() || all.size() > 2 ||
           !named(all.back(), ns, "Body") || (all.size() == 2 && !named(all.front(), ns, "Header")) ||
           holds_text(envelope) || std::ranges::any_of(all, holds_text);
}

bool MessageFacts::body_comes_first() const {
    const xmlNode* const envelope = root();
    if (envelope == nullptr || envelope->ns == nullptr) return false;
    const std::vector<xmlNode*> all = children_of(envelope);
    return !all.empty() && named(all.front(), view(envelope->ns->href), "Body");
}

bool MessageFacts::has_long_reference() const {
    const std::string zeros(40, '0');
    return message_.root.find("&#" + zeros) != std::string::npos ||
           message_.root.find("&#x" + zeros) != std::string::npos;
}

bool MessageFacts::beyond_limits() const {
    return message_.root.size() > (256u << 10) || any_element([](const xmlNode* element) {
               unsigned depth = 0, attributes = 0;
               bool long_name = xmlStrlen(element->name) > 200;
               for (const xmlNode* at = element; at != nullptr; at = at->parent) ++depth;
               for (const xmlNs* ns = element->nsDef; ns != nullptr; ns = ns->next) ++attributes;
               for (const xmlAttr* a = element->properties; a != nullptr; a = a->next) {
                   ++attributes;
                   long_name = long_name || xmlStrlen(a->name) > 200;
               }
               return depth > 62 || attributes > 60 || long_name;
           });
}

bool MessageFacts::has_relative_namespace() const {
    return any_element([](const xmlNode* element) {
        for (const xmlNs* ns = element->nsDef; ns != nullptr; ns = ns->next)
            if (is_relative(view(ns->href))) return true;
        return false;
    });
}

bool MessageFacts::has_comment_beside_text() const {
    return any_element([](const xmlNode* element) {
        bool comment = false, text = false;
        for (const xmlNode* node = element->children; node != nullptr; node = node->next) {
            comment = comment || node->type == XML_COMMENT_NODE;
            text = text || node->type == XML_CDATA_SECTION_NODE ||
                   (node->type == XML_TEXT_NODE && !is_blank(node));
        }
        return comment && text;
    });
}

bool MessageFacts::has_unbound_name() const {
    return any_element([](xmlNode* element) {
        const std::vector<std::string> all =
            holds_names(element) ? names_in(element) : std::vector<std::string>();
        return std::ranges::any_of(all, [&](const std::string& name) {
            const std::string prefix = prefix_of(name);
            const xmlNs* const bound =
                xmlSearchNs(element->doc, element,
                            prefix.empty() ? nullptr : reinterpret_cast<const xmlChar*>(prefix.c_str()));
            const std::string_view uri = bound == nullptr ? std::string_view{} : view(bound->href);
            return uri != xsd_ns && !uses_prefix(element, prefix);
        });
    });
}

bool MessageFacts::has_encryption() const {
    return any_element([](const xmlNode* element) {
        return (element->ns != nullptr && view(element->ns->href) == xenc_ns) ||
               named(element, "EncryptedHeader") || named(element, "EncryptedData");
    });
}

bool MessageFacts::has_xml_base() const {
    return any_element([](const xmlNode* element) {
        return xmlHasNsProp(element, reinterpret_cast<const xmlChar*>("base"), XML_XML_NAMESPACE) != nullptr;
    });
}

std::size_t MessageFacts::in_header(std::string_view ns, std::string_view local) const {
    return children_of(header(), ns, local).size();
}

std::size_t MessageFacts::addressing(std::string_view local) const {
    const auto all = blocks();
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [&](const xmlNode* one) { return named(one, wsa_ns, local); }));
}

bool MessageFacts::message_id_departs() const {
    const auto all = blocks();
    return std::ranges::any_of(all, [](const xmlNode* one) {
        if (!named(one, wsa_ns, "MessageID")) return false;
        for (const xmlNode* node = one->children; node != nullptr; node = node->next)
            if (node->type != XML_TEXT_NODE) return true;
        return text_of(one).empty();
    });
}

bool MessageFacts::repeats_id() const {
    std::set<std::string> seen;
    return any_element([&](const xmlNode* element) {
        for (const xmlAttr* a = element->properties; a != nullptr; a = a->next) {
            const std::string_view name = view(a->name);
            if (name != "Id" && name != "ID" && name != "id" && name != "AssertionID") continue;
            xmlChar* const value = xmlNodeListGetString(element->doc, a->children, 1);
            const bool fresh = seen.insert(std::string(view(value))).second;
            xmlFree(value);
            if (!fresh) return true;
        }
        return false;
    });
}

bool MessageFacts::repeats_signature_value() const {
    std::set<std::string> seen;
    return any_signature([&](xmlNode* signature) {
        const xmlNode* const value = child_of(signature, ds_ns, "SignatureValue");
        return signature->parent == header() && !seen.insert(without_space(text_of(value))).second;
    });
}

// WS-Security section 4, XML Signature section 4.5, xml:id, SAML 2.0.
bool MessageFacts::has_standard_id(xmlNode* element, const std::string& id) const {
    const std::string_view ns = element->ns == nullptr ? std::string_view{} : view(element->ns->href);
    const bool block = element->parent != nullptr && element->parent->parent == root();
    const bool plain =
        ns == ds_ns || ns == xenc_ns || (named(element, "Body") && element->parent == root()) ||
        (named(element, wsu_ns, "Timestamp") && element->parent == header()) || (block && ns == wsa_ns);
    for (const xmlAttr* a = element->properties; a != nullptr; a = a->next) {
        const std::string_view name = view(a->name);
        const std::string_view own = a->ns == nullptr ? std::string_view{} : view(a->ns->href);
        const bool counts = (own == wsu_ns && name == "Id") ||
                            (own == view(XML_XML_NAMESPACE) && name == "id") ||
                            (own.empty() && name == "Id" && plain) ||
                            (own.empty() && name == "ID" && named(element, saml_ns, "Assertion"));
        if (!counts) continue;
        xmlChar* const value = xmlNodeListGetString(element->doc, a->children, 1);
        const bool same = view(value) == id;
        xmlFree(value);
        if (same) return true;
    }
    return false;
}

xmlNode* MessageFacts::standard_target(const std::string& uri) const {
    xmlNode* found = nullptr;
    if (uri.size() > 1 && uri[0] == '#')
        any_element([&](xmlNode* element) {
            const bool fits = has_standard_id(element, uri.substr(1));
            if (fits) found = element;
            return fits;
        });
    return found;
}

bool MessageFacts::refers_to_no_standard_id() const {
    return any_reference(
        [&](const xmlNode* reference) { return standard_target(attribute_of(reference, "URI")) == nullptr; });
}

bool MessageFacts::refers_to_ancestor() const {
    return any_reference([&](const xmlNode* reference) {
        const xmlNode* const target = standard_target(attribute_of(reference, "URI"));
        return target != nullptr && is_below(reference, target);
    });
}

bool MessageFacts::is_no_token(const xmlNode* reference) const {
    const xmlNode* const target = standard_target(attribute_of(reference, "URI"));
    return !named(target, wsse_ns, "SecurityTokenReference") || !is_below(target, header());
}

bool MessageFacts::covers_required() const {
    return any_signature([&](const xmlNode* signature) {
        bool body = false, timestamp = in_header(wsu_ns, "Timestamp") == 0;
        for (const xmlNode* reference :
             children_of(child_of(signature, ds_ns, "SignedInfo"), ds_ns, "Reference")) {
            const xmlNode* const target = standard_target(attribute_of(reference, "URI"));
            if (target == nullptr) continue;
            body = body || (named(target, "Body") && target->parent == root());
            timestamp = timestamp || (named(target, wsu_ns, "Timestamp") && target->parent == header());
        }
        return body && timestamp;
    });
}

bool MessageFacts::parts_depart() const {
    if (message_.parts.empty()) return false;
    std::map<std::string, int> named_parts;
    for (const Part& part : message_.parts) ++named_parts[part.content_id];
    std::set<std::string> included;
    const bool include = any_element([&](const xmlNode* element) {
        if (!named(element, xop_ns, "Include")) return false;
        const std::string href = attribute_of(element, "href");
        return element->next != nullptr || element->prev != nullptr || element->children != nullptr ||
               !href.starts_with("cid:") || href.find('%') != std::string::npos ||
               named_parts[href.substr(4)] != 1 || !included.insert(href).second;
    });
    // Of XML parts it is enough that one is not what a bare document element is.
    const bool xml = std::ranges::any_of(message_.parts, [](const Part& part) {
        const FuzzMessage alone{part.octets, {}};
        const MessageFacts facts(alone);
        return part.content_type.find("xml") != std::string::npos &&
               (!facts.well_formed() || facts.has_instruction() || facts.has_doctype() ||
                facts.has_relative_namespace() || facts.beyond_limits() || !facts.plain_text());
    });
    return include || xml;
}

bool MessageFacts::has_unnamed_part() const {
    return std::ranges::any_of(message_.parts, [](const Part& part) { return part.content_id.empty(); });
}

}  // namespace hutong::test
