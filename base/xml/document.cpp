#include "base/xml/document.hpp"

#include <mutex>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlschemastypes.h>

#include "base/xml/libxml.hpp"

namespace hutong::xml {

namespace {

// libxml2 would print to stderr; every caller of ours gets its errors as values instead.
void silent(void*, const char*, ...) {}
void silent_structured(void*, xmlErrorPtr) {}

struct XmlChars {
    xmlChar* text;
    ~XmlChars() { xmlFree(text); }
};

bool matches(const xmlNode* node, std::string_view ns, std::string_view local) {
    return node->type == XML_ELEMENT_NODE && view(node->name) == local &&
           (node->ns == nullptr ? ns.empty() : view(node->ns->href) == ns);
}

xmlNode* next_element(xmlNode* node) {
    while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->next;
    return node;
}

// The namespace declaration for a new node below `scope`: one in scope, or a new one on `node`.
void put_in_namespace(xmlNode* node, xmlNode* scope, std::string_view ns, std::string_view prefix) {
    if (ns.empty()) return;
    const std::string uri(ns);
    const std::string wanted(prefix);
    xmlNsPtr found = xmlSearchNsByHref(scope->doc, scope, chars(uri));
    if (found == nullptr) found = xmlNewNs(node, chars(uri), wanted.empty() ? nullptr : chars(wanted));
    xmlSetNs(node, found);
}

}  // namespace

void initialize() {
    static std::once_flag once;
    std::call_once(once, [] {
        xmlInitParser();
        xmlSchemaInitTypes();  // not safe to leave to the first of several threads
    });
    // These two are per thread in libxml2.
    thread_local const bool quiet = [] {
        xmlSetGenericErrorFunc(nullptr, silent);
        xmlSetStructuredErrorFunc(nullptr, silent_structured);
        return true;
    }();
    static_cast<void>(quiet);
}

Document::Document(_xmlDoc* doc) : doc_(doc) {}
void Document::Free::operator()(_xmlDoc* doc) const {
    xmlFreeDoc(doc);
}

Element Document::root() const {
    return doc_ ? Element(xmlDocGetRootElement(doc_.get())) : Element();
}

std::string Document::encoding() const {
    std::string name(doc_ ? view(doc_->encoding) : std::string_view{});
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name.empty() ? "UTF-8" : name;
}

std::string Document::serialize() const {
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(doc_.get(), &text, &size, "UTF-8");
    const XmlChars owned{text};
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

std::string_view Element::local() const {
    return view(node_->name);
}
std::string_view Element::ns() const {
    return node_->ns == nullptr ? std::string_view{} : view(node_->ns->href);
}
bool Element::is(std::string_view ns, std::string_view local) const {
    return node_ != nullptr && matches(node_, ns, local);
}
int Element::line() const {
    return static_cast<int>(xmlGetLineNo(node_));
}

std::optional<std::string> Element::attribute(std::string_view local, std::string_view ns) const {
    for (const xmlAttr* a = node_->properties; a != nullptr; a = a->next) {
        if (view(a->name) != local) continue;
        if (a->ns == nullptr ? !ns.empty() : view(a->ns->href) != ns) continue;
        const XmlChars value{xmlNodeListGetString(node_->doc, a->children, 1)};
        return std::string(view(value.text));
    }
    return std::nullopt;
}

std::vector<Attribute> Element::attributes() const {
    std::vector<Attribute> result;
    for (const xmlAttr* a = node_->properties; a != nullptr; a = a->next) {
        const XmlChars value{xmlNodeListGetString(node_->doc, a->children, 1)};
        result.push_back({std::string(a->ns == nullptr ? std::string_view{} : view(a->ns->href)),
                          std::string(view(a->name)), std::string(view(value.text))});
    }
    return result;
}

std::string Element::text() const {
    const XmlChars value{xmlNodeGetContent(node_)};
    return std::string(view(value.text));
}

Result<QName> Element::resolve(std::string_view qname) const {
    const auto first = qname.find_first_not_of(" \t\r\n");
    const auto last = qname.find_last_not_of(" \t\r\n");
    if (first == std::string_view::npos) return invalid("line " + std::to_string(line()) + ": an empty name");
    const std::string_view name = qname.substr(first, last - first + 1);
    const auto colon = name.find(':');
    const std::string prefix(colon == std::string_view::npos ? std::string_view{} : name.substr(0, colon));
    const std::string_view local = colon == std::string_view::npos ? name : name.substr(colon + 1);
    const xmlNsPtr found = xmlSearchNs(node_->doc, node_, prefix.empty() ? nullptr : chars(prefix));
    if (found == nullptr && !prefix.empty())
        return invalid("line " + std::to_string(line()) + ": prefix \"" + prefix + "\" of \"" +
                       std::string(name) + "\" is not declared");
    return QName{found == nullptr ? std::string() : std::string(view(found->href)), std::string(local)};
}

Element Element::parent() const {
    xmlNode* const up = node_->parent;
    return up != nullptr && up->type == XML_ELEMENT_NODE ? Element(up) : Element();
}
Element Element::first_child() const {
    return Element(next_element(node_->children));
}
Element Element::next_sibling() const {
    return Element(next_element(node_->next));
}

Element Element::child(std::string_view ns, std::string_view local) const {
    for (Element e = first_child(); e; e = e.next_sibling())
        if (e.is(ns, local)) return e;
    return {};
}

std::vector<Element> Element::children() const {
    std::vector<Element> result;
    for (Element e = first_child(); e; e = e.next_sibling()) result.push_back(e);
    return result;
}

std::vector<Element> Element::children(std::string_view ns, std::string_view local) const {
    std::vector<Element> result;
    for (Element e = first_child(); e; e = e.next_sibling())
        if (e.is(ns, local)) result.push_back(e);
    return result;
}

void Element::set_attribute(std::string_view local, std::string_view value) {
    xmlSetProp(node_, chars(std::string(local)), chars(std::string(value)));
}

void Element::remove_attribute(std::string_view local) {
    xmlUnsetProp(node_, chars(std::string(local)));
}

void Element::set_text(std::string_view text) {
    while (node_->children != nullptr) {
        xmlNode* const child = node_->children;
        xmlUnlinkNode(child);
        xmlFreeNode(child);
    }
    xmlNodeAddContentLen(node_, reinterpret_cast<const xmlChar*>(text.data()), static_cast<int>(text.size()));
}

Element Element::append(std::string_view ns, std::string_view local, std::string_view prefix) {
    xmlNode* const child = xmlNewChild(node_, nullptr, chars(std::string(local)), nullptr);
    xmlSetNs(child, nullptr);
    put_in_namespace(child, node_, ns, prefix);
    return Element(child);
}

Result<Element> Element::append_fragment(std::string_view fragment) {
    auto parsed = parse(fragment);
    if (parsed.has_error()) return parsed.error();
    xmlNode* const copy = xmlDocCopyNode(parsed->root().raw(), node_->doc, 1);
    xmlAddChild(node_, copy);
    return Element(copy);
}

Element Element::insert_before(std::string_view ns, std::string_view local, std::string_view prefix) {
    xmlNode* const fresh = xmlNewDocNode(node_->doc, nullptr, chars(std::string(local)), nullptr);
    xmlAddPrevSibling(node_, fresh);
    put_in_namespace(fresh, node_->parent, ns, prefix);
    return Element(fresh);
}

void Element::remove() {
    xmlUnlinkNode(node_);
    xmlFreeNode(node_);
    node_ = nullptr;
}

std::string Element::serialize() const {
    // A copy as the root of its own document carries the declarations that were in scope.
    const std::unique_ptr<xmlDoc, void (*)(xmlDoc*)> doc(xmlNewDoc(reinterpret_cast<const xmlChar*>("1.0")),
                                                         xmlFreeDoc);
    xmlNode* const copy = xmlDocCopyNode(node_, doc.get(), 1);
    xmlDocSetRootElement(doc.get(), copy);
    // QNames in values need every prefix in scope, used by markup or not.
    if (xmlNsPtr* const scope = xmlGetNsList(node_->doc, node_)) {
        for (xmlNsPtr* ns = scope; *ns != nullptr; ++ns) {
            if (view((*ns)->prefix) == "xml") continue;
            if (xmlSearchNs(doc.get(), copy, (*ns)->prefix) == nullptr &&
                ((*ns)->prefix != nullptr || copy->ns != nullptr))
                xmlNewNs(copy, (*ns)->href, (*ns)->prefix);
        }
        xmlFree(scope);
    }
    const std::unique_ptr<xmlBuffer, void (*)(xmlBuffer*)> buffer(xmlBufferCreate(), xmlBufferFree);
    xmlNodeDump(buffer.get(), doc.get(), copy, 0, 0);
    return {reinterpret_cast<const char*>(xmlBufferContent(buffer.get())),
            static_cast<std::size_t>(xmlBufferLength(buffer.get()))};
}

Document make_document(std::string_view ns, std::string_view local, std::string_view prefix) {
    initialize();
    Document document(xmlNewDoc(reinterpret_cast<const xmlChar*>("1.0")));
    xmlNode* const root = xmlNewDocNode(document.raw(), nullptr, chars(std::string(local)), nullptr);
    xmlDocSetRootElement(document.raw(), root);
    put_in_namespace(root, root, ns, prefix);
    return document;
}

std::string escape(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\'':
                result += "&apos;";
                break;
            case '\r':
                result += "&#13;";
                break;
            case '\n':
                result += "&#10;";
                break;
            case '\t':
                result += "&#9;";
                break;
            default:
                // Other control characters have no place in XML 1.0 at all.
                result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
    }
    return result;
}

}  // namespace hutong::xml
