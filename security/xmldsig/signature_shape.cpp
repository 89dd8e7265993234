#include "security/xmldsig/signature_shape.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/xml/soap.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/content_id.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"

namespace hutong::security {

namespace {

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text.substr(0, 120)) + "\"";
}

std::string algorithm_of(xml::Element element) {
    return element.attribute("Algorithm").value_or("");
}

// Takes the children of one element in the order the schema gives, and knows when something is left over.
class Children {
  public:
    explicit Children(xml::Element parent) : parent_(parent), next_(parent.first_child()) {}

    // The next child if it is named so, else an empty element.
    xml::Element take(std::string_view ns, std::string_view local) {
        if (!next_ || !next_.is(ns, local)) return {};
        return std::exchange(next_, next_.next_sibling());
    }
    Result<xml::Element> need(std::string_view local) {
        if (const xml::Element found = take(names::ds, local)) return found;
        return refused("ds:" + std::string(parent_.local()) + " lacks ds:" + std::string(local) +
                       " at its place");
    }
    Result<void> end() const {
        if (!next_) return {};
        return refused("ds:" + std::string(parent_.local()) + " holds " + in_quotes(next_.name().text()) +
                       " where nothing more is allowed");
    }

  private:
    xml::Element parent_;
    xml::Element next_;
};

std::string without_space(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

// A same-document reference to an NCName; ASCII only, so that nothing has to be unescaped.
Result<std::string> same_document_id(xml::Element reference) {
    const auto uri = reference.attribute("URI");
    if (!uri) return refused("a ds:Reference has no URI");
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto name_char = [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    if (uri->size() < 2 || uri->size() > 256 || (*uri)[0] != '#' || !letter((*uri)[1]) ||
        !std::all_of(uri->begin() + 1, uri->end(), name_char))
        return refused("the ds:Reference URI " + in_quotes(*uri) + " is not a same-document \"#id\"");
    return uri->substr(1);
}

// WSS SwA Profile 1.1.1 section 5.4.2: the content of a MIME part; its headers are not signed.
Result<void> read_attachment_transforms(xml::Element transforms) {
    const std::vector<xml::Element> all = transforms.children();
    if (all.size() != 1 || !all[0].is(names::ds, "Transform") || algorithm_of(all[0]) != names::swa_content ||
        all[0].first_child())
        return refused(
            "a reference to an attachment needs the Attachment-Content-Signature-Transform and no other");
    return {};
}

// xmlsec1 takes nothing but a single space for a separator, and an empty place for the default namespace;
// where that is not what the standard says (NMTOKENS), readers would digest different texts.
Result<void> check_prefix_list(xml::Element inclusive_namespaces) {
    const auto list = inclusive_namespaces.attribute("PrefixList");
    if (!list) return refused("InclusiveNamespaces has no PrefixList");
    if (list->starts_with(' ') || list->find("  ") != std::string::npos ||
        list->find_first_of("\t\r\n") != std::string::npos)
        return refused("the prefixes of the PrefixList " + in_quotes(*list) +
                       " are not separated by single spaces");
    return {};
}

// A canonicalisation method or transform: on the list, and with InclusiveNamespaces as its only possible
// child.
Result<C14nMethod> read_c14n(xml::Element element) {
    const std::string uri = algorithm_of(element);
    const C14nAlgorithm* const algorithm = find_c14n_algorithm(uri);
    if (algorithm == nullptr)
        return refused(in_quotes(uri) + " is not allowed in ds:" + std::string(element.local()) +
                       "; use exclusive canonicalisation without comments");
    Children children(element);
    if (algorithm->exclusive)
        if (const xml::Element list = children.take(names::exc_c14n, "InclusiveNamespaces"))
            HUTONG_TRY(check_prefix_list(list));
    HUTONG_TRY(children.end());
    return C14nMethod{algorithm, inclusive_prefixes(element)};
}

// WS-Security 1.1.1 section 8.3: the parameter says how the token is canonicalised.
Result<C14nMethod> read_str_transform(xml::Element transform) {
    const xml::Element parameters = transform.first_child();
    if (!parameters || !parameters.is(soap::ns_wsse, "TransformationParameters") || parameters.next_sibling())
        return refused("STR-Transform needs exactly one wsse:TransformationParameters");
    Children children(parameters);
    HUTONG_ASSIGN(const xml::Element method, children.need("CanonicalizationMethod"));
    HUTONG_TRY(children.end());
    return read_c14n(method);
}

// [enveloped-signature] then one canonicalisation or STR-Transform: nothing that leads from octets back to
// nodes.
Result<void> read_transforms(xml::Element transforms, const ShapeLimits& limits, ReferenceShape& reference) {
    const std::vector<xml::Element> all = transforms.children();
    if (all.size() > limits.max_transforms)
        return refused("a ds:Reference has more than " + std::to_string(limits.max_transforms) +
                       " transforms");
    bool octets = false;
    for (const xml::Element transform : all) {
        const std::string uri = algorithm_of(transform);
        if (!transform.is(names::ds, "Transform"))
            return refused("ds:Transforms holds " + in_quotes(transform.name().text()));
        if (octets) return refused("a transform follows the canonicalisation: " + in_quotes(uri));
        if (uri == names::enveloped && !reference.enveloped && !transform.first_child()) {
            reference.enveloped = true;
        } else if (uri == names::str_transform && !reference.enveloped) {
            HUTONG_ASSIGN(reference.c14n, read_str_transform(transform));
            reference.str_transform = octets = true;
        } else {
            HUTONG_ASSIGN(reference.c14n, read_c14n(transform));
            octets = true;
        }
    }
    if (all.empty()) return refused("ds:Transforms is empty");
    return {};
}

Result<ReferenceShape> read_reference(xml::Element element, const ShapeLimits& limits) {
    ReferenceShape reference;
    const std::string uri = element.attribute("URI").value_or("");
    const bool attachment = uri.starts_with("cid:") && !limits.documents;
    if (limits.documents) {
        if (!element.attribute("URI") || uri.starts_with("#"))
            return refused("the ds:Reference URI " + in_quotes(uri) + " is not that of a whole document");
        reference.uri = uri;
    } else if (attachment) {
        HUTONG_ASSIGN(reference.content_id, content_id_of(uri));
    } else {
        HUTONG_ASSIGN(reference.id, same_document_id(element));
    }
    if (const auto type = element.attribute("Type"); type && type->ends_with("#Manifest"))
        return refused("a ds:Reference of type Manifest is not allowed");
    Children children(element);
    const xml::Element transforms = children.take(names::ds, "Transforms");
    reference.transformed = static_cast<bool>(transforms);
    if (transforms)
        HUTONG_TRY(attachment ? read_attachment_transforms(transforms)
                              : read_transforms(transforms, limits, reference));
    else if (attachment)
        return refused("a reference to an attachment needs the Attachment-Content-Signature-Transform");
    HUTONG_ASSIGN(const xml::Element method, children.need("DigestMethod"));
    // XML Signature 1.1 section 4.4.3.2.
    if (reference.c14n.algorithm == nullptr) reference.c14n = {find_c14n_algorithm(names::c14n10), {}};
    reference.method = algorithm_of(method);
    reference.digest = find_digest_algorithm(reference.method);
    if (reference.digest == nullptr || method.first_child())
        return refused("digest method " + in_quotes(algorithm_of(method)) + " is not allowed; use SHA-256");
    HUTONG_ASSIGN(const xml::Element value, children.need("DigestValue"));
    const auto digest = from_base64(plain_text(value).value_or("?"));
    if (digest.has_error() || digest->size() != reference.digest->bytes)
        return refused("the ds:DigestValue of " + reference.name() +
                       " is not a digest of its method in base64");
    reference.value = *digest;
    HUTONG_TRY(children.end());
    return reference;
}

Result<void> read_signed_info(xml::Element signed_info, const ShapeLimits& limits, SignatureShape& shape) {
    Children children(signed_info);
    HUTONG_ASSIGN(const xml::Element c14n, children.need("CanonicalizationMethod"));
    HUTONG_ASSIGN(shape.c14n, read_c14n(c14n));
    HUTONG_ASSIGN(const xml::Element method, children.need("SignatureMethod"));
    shape.method = algorithm_of(method);
    shape.algorithm = find_signature_algorithm(shape.method);
    if (shape.algorithm == nullptr) return refused(refusal_of_signature_method(algorithm_of(method)));
    // HMACOutputLength, RSAPSSParams: no allowed method has parameters.
    if (method.first_child()) return refused("ds:SignatureMethod has parameters");
    while (const xml::Element reference = children.take(names::ds, "Reference")) {
        if (shape.references.size() == limits.max_references)
            return refused("the signature has more than " + std::to_string(limits.max_references) +
                           " references");
        HUTONG_ASSIGN(ReferenceShape read, read_reference(reference, limits));
        const bool known =
            std::any_of(shape.references.begin(), shape.references.end(),
                        [&](const ReferenceShape& other) { return other.name() == read.name(); });
        if (known) return refused(read.name() + " is referenced twice");
        shape.references.push_back(std::move(read));
    }
    if (shape.references.empty()) return refused("the signature has no ds:Reference");
    return children.end();
}

}  // namespace

bool SignatureShape::names_of_the_table() const {
    return method == algorithm->uri &&
           std::all_of(references.begin(), references.end(),
                       [](const ReferenceShape& one) { return one.method == one.digest->uri; });
}

Result<SignatureShape> read_signature(xml::Element signature, const ShapeLimits& limits) {
    if (!only_elements_and_text(signature))
        return refused("the ds:Signature holds a comment, processing instruction or CDATA section");
    SignatureShape shape;
    shape.signature = signature;
    Children children(signature);
    HUTONG_ASSIGN(shape.signed_info, children.need("SignedInfo"));
    HUTONG_TRY(read_signed_info(shape.signed_info, limits, shape));
    HUTONG_ASSIGN(const xml::Element value, children.need("SignatureValue"));
    shape.value = without_space(plain_text(value).value_or("?"));
    const auto bytes = from_base64(shape.value);
    if (bytes.has_error() || bytes->empty()) return refused("ds:SignatureValue is not base64");
    shape.value_bytes = bytes->size();
    HUTONG_ASSIGN(shape.key_info, children.need("KeyInfo"));
    HUTONG_TRY(children.end());
    return shape;
}

}  // namespace hutong::security
