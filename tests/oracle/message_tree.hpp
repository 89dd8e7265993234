// A message as libxml2 reads it, with its parts in place, for the oracle.
//
// Views of nodes belong to the tree. No shared state.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <libxml/tree.h>

#include "tests/oracle/stock_verifier.hpp"

namespace hutong::test {

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

// With every Id that anybody reads registered, the first of a value. Empty: not well-formed. An xop:Include
// below Body that names one of the parts is replaced by the part's base64.
Document parse_message(std::string_view message, const Parts& parts);

inline std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text));
}
inline bool named(const xmlNode* node, std::string_view local) {
    return node != nullptr && node->type == XML_ELEMENT_NODE && view(node->name) == local;
}
inline bool named(const xmlNode* node, std::string_view ns, std::string_view local) {
    return named(node, local) && node->ns != nullptr && view(node->ns->href) == ns;
}
std::vector<xmlNode*> children_of(const xmlNode* node);  // elements
std::vector<xmlNode*> children_of(const xmlNode* node, std::string_view ns, std::string_view local);
xmlNode* child_of(const xmlNode* node, std::string_view ns, std::string_view local);  // the first
std::string attribute_of(const xmlNode* node, const char* name);                      // in no namespace
bool has_attribute(const xmlNode* node, const char* name);
std::string text_of(const xmlNode* node);
std::string without_space(std::string text);
bool is_below(const xmlNode* node, const xmlNode* ancestor);  // or the same
// The element of a same-document URI "#id"; null: none.
xmlNode* target_of(xmlDoc* document, std::string_view uri);

// The octets of one element by a ds:CanonicalizationMethod or ds:Transform that names a canonicalisation.
// Empty: libxml2 has none of that name.
std::string canonical_octets(xmlNode* apex, const xmlNode* method);

// What the SwA Profile digests of the part of this cid: URI. False: it names not just one part.
bool attachment_octets(std::string_view uri, const Parts& parts, std::string& octets);

inline constexpr std::string_view ds_ns = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view exc_ns = "http://www.w3.org/2001/10/xml-exc-c14n#";
inline constexpr std::string_view wsse_ns =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
inline constexpr std::string_view wsu_ns =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
inline constexpr std::string_view saml_ns = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr std::string_view xop_ns = "http://www.w3.org/2004/08/xop/include";
inline constexpr std::string_view saml_id_uri =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID";
inline constexpr std::string_view str_transform_uri =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform";
inline constexpr std::string_view swa_transform_uri =
    "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform";

}  // namespace hutong::test
