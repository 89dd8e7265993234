#include "security/xmldsig/c14n.hpp"

#include <memory>
#include <optional>
#include <sstream>

#include <libxml/c14n.h>

#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

int mode_of(std::string_view method) {
    if (method == names::exc_c14n) return XML_C14N_EXCLUSIVE_1_0;
    return method == names::c14n11 ? XML_C14N_1_1 : XML_C14N_1_0;
}

// libxml2 asks for every node of the document. A namespace node counts with the element that bears it.
int in_subtree(void* apex, xmlNodePtr node, xmlNodePtr parent) {
    for (const xmlNode* at = node->type == XML_NAMESPACE_DECL ? parent : node; at != nullptr; at = at->parent)
        if (at == apex) return 1;
    return 0;
}

// `apex`: null for the whole document.
std::optional<std::string> canonical(xmlDocPtr document, xmlNodePtr apex, std::string_view method,
                                     const std::vector<std::string>& inclusive) {
    std::string result;
    const std::unique_ptr<xmlOutputBuffer, int (*)(xmlOutputBufferPtr)> output(
        xmlOutputBufferCreateIO(
            [](void* text, const char* bytes, int count) {
                static_cast<std::string*>(text)->append(bytes, static_cast<std::size_t>(count));
                return count;
            },
            nullptr, &result, nullptr),
        xmlOutputBufferClose);
    std::vector<xmlChar*> prefixes;
    for (const std::string& prefix : inclusive)
        prefixes.push_back(reinterpret_cast<xmlChar*>(const_cast<char*>(prefix.c_str())));
    prefixes.push_back(nullptr);
    if (!output ||
        xmlC14NExecute(document, apex == nullptr ? nullptr : in_subtree, apex, mode_of(method),
                       inclusive.empty() ? nullptr : prefixes.data(), 0, output.get()) < 0 ||
        xmlOutputBufferFlush(output.get()) < 0)
        return std::nullopt;
    return result;
}

}  // namespace

Result<std::string> canonicalize(xml::Element element, std::string_view method,
                                 const std::vector<std::string>& inclusive) {
    auto text = canonical(element.raw()->doc, element.raw(), method, inclusive);
    if (text) return std::move(*text);
    return internal("the element \"" + std::string(element.local()) + "\" could not be canonicalised");
}

Result<std::string> canonicalize(const xml::Document& document, std::string_view method,
                                 const std::vector<std::string>& inclusive) {
    auto text = canonical(document.raw(), nullptr, method, inclusive);
    if (text) return std::move(*text);
    return internal("the document could not be canonicalised");
}

std::vector<std::string> inclusive_prefixes(xml::Element method) {
    std::vector<std::string> prefixes;
    const xml::Element list = method.child(names::exc_c14n, "InclusiveNamespaces");
    if (!list) return prefixes;
    std::istringstream words(list.attribute("PrefixList").value_or(""));
    for (std::string prefix; words >> prefix;) prefixes.push_back(prefix);
    return prefixes;
}

}  // namespace hutong::security
