#include "tests/oracle/message_tree.hpp"

#include <algorithm>

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/valid.h>
#include <openssl/evp.h>

namespace hutong::test {

namespace {

void register_ids(xmlNode* node) {
    for (; node != nullptr; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        for (xmlAttr* a = node->properties; a != nullptr; a = a->next) {
            for (const std::string_view name : {"Id", "ID", "id", "AssertionID"}) {
                if (view(a->name) != name) continue;
                xmlChar* const value = xmlNodeListGetString(node->doc, a->children, 1);
                if (value != nullptr && xmlGetID(node->doc, value) == nullptr)
                    xmlAddID(nullptr, node->doc, value, a);
                xmlFree(value);
            }
        }
        register_ids(node->children);
    }
}

std::string base64_of(std::string_view octets) {
    std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(octets.data()),
                                     static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

// RFC 2392: the Content-ID in a URI, percent-decoded.
std::string content_id(std::string_view uri) {
    std::string id;
    if (uri.starts_with("cid:"))
        for (std::size_t i = 4; i < uri.size(); ++i) {
            if (uri[i] != '%') {
                id += uri[i];
                continue;
            }
            if (i + 2 >= uri.size()) return {};
            char* end = nullptr;
            const std::string digits(uri.substr(i + 1, 2));
            id += static_cast<char>(std::strtol(digits.c_str(), &end, 16));
            if (*end != '\0') return {};
            i += 2;
        }
    return id;
}

const Part* part_of(std::string_view uri, const Parts& parts) {
    const std::string id = content_id(uri);
    const auto like = [&](const Part& part) { return part.content_id == id; };
    if (id.empty() || std::ranges::count_if(parts, like) != 1) return nullptr;
    return &*std::ranges::find_if(parts, like);
}

void inline_parts(xmlNode* parent, const Parts& parts) {
    for (xmlNode* const child : children_of(parent)) {
        const Part* const part =
            named(child, xop_ns, "Include") ? part_of(attribute_of(child, "href"), parts) : nullptr;
        if (part == nullptr) {
            inline_parts(child, parts);
            continue;
        }
        const std::string text = base64_of(part->octets);
        xmlReplaceNode(child, xmlNewDocTextLen(parent->doc, reinterpret_cast<const xmlChar*>(text.data()),
                                               static_cast<int>(text.size())));
        xmlFreeNode(child);
    }
}

int below_apex(void* apex, xmlNode* node, xmlNode* parent) {
    const xmlNode* const at = node->type == XML_NAMESPACE_DECL ? parent : node;
    return is_below(at, static_cast<xmlNode*>(apex)) ? 1 : 0;
}

std::string octets_of(xmlDoc* document, xmlNode* apex, int mode, std::vector<std::string> prefixes) {
    std::vector<xmlChar*> list;
    for (std::string& prefix : prefixes) list.push_back(reinterpret_cast<xmlChar*>(prefix.data()));
    list.push_back(nullptr);
    const std::unique_ptr<xmlOutputBuffer, decltype(&xmlOutputBufferClose)> buffer(
        xmlAllocOutputBuffer(nullptr), xmlOutputBufferClose);
    if (xmlC14NExecute(document, apex == nullptr ? nullptr : below_apex, apex, mode,
                       prefixes.empty() ? nullptr : list.data(), 0, buffer.get()) < 0)
        return {};
    return {reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer.get())),
            xmlOutputBufferGetSize(buffer.get())};
}

// Lines end in CRLF, however they ended.
std::string with_line_ends(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r' && text[i] != '\n') {
            result += text[i];
            continue;
        }
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
        result += "\r\n";
    }
    return result;
}

std::string media_type(std::string type) {
    type = type.substr(0, type.find(';'));
    for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return type.substr(0, type.find_last_not_of(" \t") + 1);
}

}  // namespace

Document parse_message(std::string_view message, const Parts& parts) {
    Document document(
        xmlReadMemory(message.data(), static_cast<int>(message.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    xmlNode* const root = document ? xmlDocGetRootElement(document.get()) : nullptr;
    if (root == nullptr) return {nullptr, xmlFreeDoc};
    if (!parts.empty())
        for (xmlNode* const child : children_of(root))
            if (named(child, "Body"))
                for (xmlNode* const inner : children_of(child)) inline_parts(inner, parts);
    register_ids(root);
    return document;
}

std::vector<xmlNode*> children_of(const xmlNode* node) {
    std::vector<xmlNode*> all;
    for (xmlNode* child = node == nullptr ? nullptr : node->children; child != nullptr; child = child->next)
        if (child->type == XML_ELEMENT_NODE) all.push_back(child);
    return all;
}

std::vector<xmlNode*> children_of(const xmlNode* node, std::string_view ns, std::string_view local) {
    std::vector<xmlNode*> all = children_of(node);
    std::erase_if(all, [&](const xmlNode* one) { return !named(one, ns, local); });
    return all;
}

xmlNode* child_of(const xmlNode* node, std::string_view ns, std::string_view local) {
    const auto all = children_of(node, ns, local);
    return all.empty() ? nullptr : all.front();
}

std::string attribute_of(const xmlNode* node, const char* name) {
    xmlChar* const value =
        node == nullptr ? nullptr : xmlGetNoNsProp(node, reinterpret_cast<const xmlChar*>(name));
    std::string text(view(value));
    xmlFree(value);
    return text;
}

bool has_attribute(const xmlNode* node, const char* name) {
    for (const xmlAttr* a = node == nullptr ? nullptr : node->properties; a != nullptr; a = a->next)
        if (a->ns == nullptr && view(a->name) == name) return true;
    return false;
}

std::string text_of(const xmlNode* node) {
    xmlChar* const content = node == nullptr ? nullptr : xmlNodeGetContent(node);
    std::string text(view(content));
    xmlFree(content);
    return text;
}

std::string without_space(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

bool is_below(const xmlNode* node, const xmlNode* ancestor) {
    while (node != nullptr && node != ancestor) node = node->parent;
    return node != nullptr;
}

xmlNode* target_of(xmlDoc* document, std::string_view uri) {
    if (uri.size() < 2 || uri[0] != '#') return nullptr;
    const std::string id(uri.substr(1));
    const xmlAttr* const found = xmlGetID(document, reinterpret_cast<const xmlChar*>(id.c_str()));
    return found == nullptr ? nullptr : found->parent;
}

std::string canonical_octets(xmlNode* apex, const xmlNode* method) {
    const std::string uri = attribute_of(method, "Algorithm");
    if (uri == "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
        return octets_of(apex->doc, apex, XML_C14N_1_0, {});
    if (uri == "http://www.w3.org/2006/12/xml-c14n11") return octets_of(apex->doc, apex, XML_C14N_1_1, {});
    if (uri != exc_ns) return {};
    std::vector<std::string> prefixes;
    const std::string list = attribute_of(child_of(method, exc_ns, "InclusiveNamespaces"), "PrefixList");
    for (std::size_t at = 0; (at = list.find_first_not_of(" \t\r\n", at)) != std::string::npos;) {
        const std::size_t end = std::min(list.find_first_of(" \t\r\n", at), list.size());
        prefixes.push_back(list.substr(at, end - at));
        at = end;
    }
    return octets_of(apex->doc, apex, XML_C14N_EXCLUSIVE_1_0, prefixes);
}

bool attachment_octets(std::string_view uri, const Parts& parts, std::string& octets) {
    const Part* const part = part_of(uri, parts);
    if (part == nullptr) return false;
    const std::string type = media_type(part->content_type);
    if (type == "text/xml" || type == "application/xml" || type.ends_with("+xml")) {
        const Document document(
            xmlReadMemory(part->octets.data(), static_cast<int>(part->octets.size()), nullptr, nullptr,
                          XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
            xmlFreeDoc);
        if (document) octets = octets_of(document.get(), nullptr, XML_C14N_EXCLUSIVE_1_0, {});
        return document != nullptr;
    }
    octets = type.empty() || type.starts_with("text/") ? with_line_ends(part->octets) : part->octets;
    return true;
}

}  // namespace hutong::test
