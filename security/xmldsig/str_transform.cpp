#include "security/xmldsig/str_transform.hpp"

#include <new>

#include <libxml/tree.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

#include "base/xml/soap.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/xmlsec_object.hpp"

namespace hutong::security {

namespace {

// What one transform remembers between readNode and pushXml.
struct Parameters {
    xml::Element token;
    std::string method;
    std::vector<std::string> inclusive;
};

Parameters& parameters_of(xmlSecTransformPtr transform) {
    return state_behind<Parameters>(transform);
}

int initialize(xmlSecTransformPtr transform) {
    new (&parameters_of(transform)) Parameters();
    return 0;
}

void finalize(xmlSecTransformPtr transform) {
    parameters_of(transform).~Parameters();
}

xml::Element with_id(xml::Element anywhere, const std::string& value) {
    const xmlAttr* const id = xmlGetID(anywhere.raw()->doc, reinterpret_cast<const xmlChar*>(value.c_str()));
    return id == nullptr ? xml::Element() : xml::Element(id->parent);
}

// The element that the same-document URI of `reference` means: a ds:Reference or a wsse:Reference.
xml::Element target_of(xml::Element reference) {
    const std::string uri = reference ? reference.attribute("URI").value_or("") : "";
    if (uri.size() < 2 || uri[0] != '#') return {};
    return with_id(reference, uri.substr(1));
}

// The token that a SecurityTokenReference means: by wsse:Reference, or an assertion by SAMLID.
xml::Element token_of(xml::Element str) {
    const xml::Element identifier = str.child(soap::ns_wsse, "KeyIdentifier");
    if (!identifier) return target_of(str.child(soap::ns_wsse, "Reference"));
    if (identifier.attribute("ValueType") != names::saml_id) return {};
    return with_id(identifier, identifier.text());
}

// `node` is ds:Transform in ds:Transforms in ds:Reference. What xmlsec1 pushes into the transform later is
// the same SecurityTokenReference, but as a node set from which the element is hard to get back.
int read_node(xmlSecTransformPtr transform, xmlNodePtr node, xmlSecTransformCtxPtr) {
    const xml::Element element(node);
    const xml::Element parameters = element.child(soap::ns_wsse, "TransformationParameters");
    if (!parameters) return -1;
    const xml::Element method = parameters.child(names::ds, "CanonicalizationMethod");
    const xml::Element str = target_of(element.parent().parent());
    const xml::Element token = str ? token_of(str) : xml::Element();
    if (!method || !token) return -1;
    parameters_of(transform) = {token, method.attribute("Algorithm").value_or(""),
                                inclusive_prefixes(method)};
    return 0;
}

int push_xml(xmlSecTransformPtr transform, xmlSecNodeSetPtr, xmlSecTransformCtxPtr context) {
    const Parameters& parameters = parameters_of(transform);
    if (!parameters.token || transform->next == nullptr) return -1;
    auto text = canonicalize(parameters.token, parameters.method, parameters.inclusive);
    if (text.has_error()) return -1;
    show_default_namespace(*text);
    transform->status = xmlSecTransformStatusFinished;
    return xmlSecTransformPushBin(transform->next, reinterpret_cast<const xmlSecByte*>(text->data()),
                                  static_cast<xmlSecSize>(text->size()), 1, context);
}

}  // namespace

void show_default_namespace(std::string& token) {
    const std::string_view tag = std::string_view(token).substr(0, token.find('>'));
    if (tag.find(" xmlns=\"") == std::string_view::npos) token.insert(tag.find_first_of(" >"), " xmlns=\"\"");
}

XmlsecTransform str_transform_class() {
    static const xmlSecTransformKlass type{
        .klassSize = sizeof(xmlSecTransformKlass),
        .objSize = object_bytes<Parameters, xmlSecTransform>,
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
