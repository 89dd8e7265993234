#include "security/xmldsig/str_transform.hpp"

#include <new>

#include <libxml/tree.h>
#include <xmlsec/nodeset.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include "base/xml/soap.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

// What one transform remembers between readNode and pushXml; it lies behind xmlsec1's own struct.
struct Parameters {
    std::string method;
    std::vector<std::string> inclusive;
};

Parameters& parameters_of(xmlSecTransformPtr transform) {
    return *reinterpret_cast<Parameters*>(reinterpret_cast<char*>(transform) + sizeof(xmlSecTransform));
}

int initialize(xmlSecTransformPtr transform) {
    new (&parameters_of(transform)) Parameters();
    return 0;
}

void finalize(xmlSecTransformPtr transform) {
    parameters_of(transform).~Parameters();
}

int read_node(xmlSecTransformPtr transform, xmlNodePtr node, xmlSecTransformCtxPtr) {
    const xml::Element method = xml::Element(node)
                                    .child(soap::ns_wsse, "TransformationParameters")
                                    .child(names::ds, "CanonicalizationMethod");
    if (!method) return -1;
    parameters_of(transform) = {method.attribute("Algorithm").value_or(""), inclusive_prefixes(method)};
    return 0;
}

// The token that the SecurityTokenReference at the top of `nodes` points at.
xml::Element token_of(const xmlSecNodeSet* nodes) {
    if (nodes == nullptr || nodes->nodes == nullptr || nodes->nodes->nodeNr != 1) return {};
    const xml::Element reference = xml::Element(nodes->nodes->nodeTab[0]).child(soap::ns_wsse, "Reference");
    const std::string uri = reference ? reference.attribute("URI").value_or("") : "";
    if (uri.size() < 2 || uri[0] != '#') return {};
    const xmlAttr* const id = xmlGetID(nodes->doc, reinterpret_cast<const xmlChar*>(uri.c_str() + 1));
    return id == nullptr ? xml::Element() : xml::Element(id->parent);
}

// The apex of the token always shows the default namespace (section 8.3 of the standard): where
// canonicalisation left it out, xmlns="" comes first among its attributes.
void show_default_namespace(std::string& token) {
    const std::string_view tag = std::string_view(token).substr(0, token.find('>'));
    if (tag.find(" xmlns=\"") == std::string_view::npos) token.insert(tag.find_first_of(" >"), " xmlns=\"\"");
}

int push_xml(xmlSecTransformPtr transform, xmlSecNodeSetPtr nodes, xmlSecTransformCtxPtr context) {
    const xml::Element token = token_of(nodes);
    if (!token || transform->next == nullptr) return -1;
    const Parameters& parameters = parameters_of(transform);
    auto text = canonicalize(token, parameters.method, parameters.inclusive);
    if (text.has_error()) return -1;
    show_default_namespace(*text);
    transform->status = xmlSecTransformStatusFinished;
    return xmlSecTransformPushBin(transform->next, reinterpret_cast<const xmlSecByte*>(text->data()),
                                  static_cast<xmlSecSize>(text->size()), 1, context);
}

}  // namespace

XmlsecTransform str_transform_class() {
    static const xmlSecTransformKlass type{
        .klassSize = sizeof(xmlSecTransformKlass),
        .objSize = sizeof(xmlSecTransform) + sizeof(Parameters),
        .name = reinterpret_cast<const xmlChar*>("str-transform"),
        .href = reinterpret_cast<const xmlChar*>(names::str_transform.data()),
        .usage = xmlSecTransformUsageDSigTransform,
        .initialize = initialize,
        .finalize = finalize,
        .readNode = read_node,
        .writeNode = nullptr,
        .setKeyReq = nullptr,
        .setKey = nullptr,
        .verify = nullptr,
        // As a canonicalisation does: nodes in, octets out.
        .getDataType =
            [](xmlSecTransformPtr, xmlSecTransformMode mode, xmlSecTransformCtxPtr) {
                return static_cast<xmlSecTransformDataType>(mode == xmlSecTransformModePush
                                                                ? xmlSecTransformDataTypeXml
                                                                : xmlSecTransformDataTypeBin);
            },
        .pushBin = nullptr,
        .popBin = nullptr,
        .pushXml = push_xml,
        .popXml = nullptr,
        .execute = nullptr,
        .reserved0 = nullptr,
        .reserved1 = nullptr,
    };
    return &type;
}

}  // namespace hutong::security
