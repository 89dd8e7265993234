#include "security/documents/xml_signature.hpp"

#include <algorithm>

#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/digest.hpp"
#include "security/xmldsig/key_cache.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"
#include "security/xmldsig/signature_shape.hpp"
#include "security/xmldsig/signature_value.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t most_signatures = 20;
constexpr std::size_t most_certificates = 10;

std::string algorithm(std::string_view element, std::string_view uri) {
    const std::string name = "ds:" + std::string(element);
    return "<" + name + " Algorithm=\"" + std::string(uri) + "\"></" + name + ">";
}

// Written in the form that exclusive canonicalisation gives it, so that what is signed is what is written.
// Digests by what the signature digests by.
std::string signed_info(KeyKind kind, const std::string& uri, const std::string& transforms,
                        std::string_view octets) {
    const SignatureAlgorithm& signature = default_signature_algorithm(kind);
    Digest digest(*signature.digest);
    digest.write(octets);
    return "<ds:SignedInfo xmlns:ds=\"" + std::string(names::ds) + "\">" +
           algorithm("CanonicalizationMethod", names::exc_c14n) +
           algorithm("SignatureMethod", signature.uri) + "<ds:Reference URI=\"" + uri + "\">" + transforms +
           algorithm("DigestMethod", signature.digest->uri) + "<ds:DigestValue>" +
           to_base64(digest.finish()) + "</ds:DigestValue></ds:Reference></ds:SignedInfo>";
}

Result<std::string> signature_element(const std::string& info, const SigningKey& key) {
    HUTONG_ASSIGN(const Bytes value, key.sign(as_bytes(info)));
    std::string text = "<ds:Signature xmlns:ds=\"" + std::string(names::ds) + "\">" + info +
                       "<ds:SignatureValue>" + to_base64(value) +
                       "</ds:SignatureValue><ds:KeyInfo><ds:X509Data>";
    for (const Bytes& certificate : key.certificates())
        text += "<ds:X509Certificate>" + to_base64(certificate) + "</ds:X509Certificate>";
    return text + "</ds:X509Data></ds:KeyInfo></ds:Signature>";
}

// RFC 3986's characters; the ampersand as canonical XML writes it.
Result<std::string> uri_as_written(const std::string& uri) {
    static constexpr std::string_view marks = "-._~:/?#[]@!$&()*+,;=%";
    if (uri.empty() || uri.size() > 1000 || uri[0] == '#')
        return invalid(
            "the URI of a document apart from its signature has 1 to 1000 characters and is no \"#id\"");
    std::string written;
    for (const char c : uri) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && marks.find(c) == std::string_view::npos)
            return invalid("the URI holds a character that must be written as %XX");
        written += c == '&' ? std::string("&amp;") : std::string(1, c);
    }
    return written;
}

// The signer's certificate is the first; the order of the rest means nothing.
Result<void> read_certificates(xml::Element key_info, DocumentSignature& found) {
    for (const xml::Element data : key_info.children(names::ds, "X509Data"))
        for (const xml::Element one : data.children(names::ds, "X509Certificate")) {
            auto der = from_base64(plain_text(one).value_or("?"));
            if (der.has_error()) return refused("ds:X509Certificate is not base64");
            if (found.certificate.empty())
                found.certificate = std::move(*der);
            else if (found.chain.size() < most_certificates)
                found.chain.push_back(std::move(*der));
        }
    if (found.certificate.empty())
        return refused("ds:KeyInfo holds no X509Data with the signer's X509Certificate");
    return {};
}

Result<void> check_value(const SignatureShape& shape, DocumentSignature& found) {
    found.algorithm = shape.algorithm->uri;
    HUTONG_TRY(read_certificates(shape.key_info, found));
    // What a trust domain has agreed on (trust/trust_domains) is about messages.
    if (!shape.names_of_the_table())
        return refused("the signature names its algorithms as only messages of a trust domain do");
    HUTONG_ASSIGN(const PublicKey key, public_key_of(found.certificate));
    HUTONG_ASSIGN(const std::string info, canonicalize(shape.signed_info, shape.c14n.algorithm->uri,
                                                       inclusive_prefixes(shape.signed_info.first_child())));
    HUTONG_ASSIGN(const Bytes value, from_base64(shape.value));
    return verify_value(*shape.algorithm, key, as_bytes(info), value);
}

Result<void> check_digest(const ReferenceShape& reference, std::string_view octets) {
    Digest digest(*reference.digest);
    digest.write(octets);
    if (digest.finish() != reference.value) return refused("the document is not the one that was signed");
    return {};
}

// A DTD is a fault of the document like any other.
Result<xml::Document> parsed(ByteView text, const xml::Limits& limits) {
    auto document = xml::parse(as_text(text), limits);
    if (document.has_error() && document.error().code == ErrorCode::refused)
        return invalid(document.error().detail);
    return document;
}

constexpr ShapeLimits whole_documents{1, 5, true};

// Takes the signature out of the document.
Result<void> check_enveloped(const xml::Document& document, xml::Element signature,
                             DocumentSignature& found) {
    HUTONG_ASSIGN(const SignatureShape shape, read_signature(signature, whole_documents));
    const ReferenceShape& reference = shape.references.front();
    if (reference.uri != "" || !reference.enveloped)
        return refused("its ds:Reference is not URI=\"\" with the enveloped-signature transform");
    HUTONG_TRY(check_value(shape, found));
    signature.remove();
    HUTONG_ASSIGN(const std::string rest,
                  canonicalize(document, reference.c14n.algorithm->uri, reference.c14n.inclusive));
    return check_digest(reference, rest);
}

Result<void> check_apart(xml::Element signature, ByteView content, const xml::Limits& limits,
                         DocumentSignature& found) {
    HUTONG_ASSIGN(const SignatureShape shape, read_signature(signature, whole_documents));
    const ReferenceShape& reference = shape.references.front();
    if (reference.uri == "" || reference.enveloped)
        return refused("its ds:Reference is to the document that it stands in");
    HUTONG_TRY(check_value(shape, found));
    if (!reference.transformed) return check_digest(reference, as_text(content));
    HUTONG_ASSIGN(const xml::Document document, parsed(content, limits));
    HUTONG_ASSIGN(const std::string octets,
                  canonicalize(document, reference.c14n.algorithm->uri, reference.c14n.inclusive));
    return check_digest(reference, octets);
}

void conclude(DocumentSignature& found, const Result<void>& checked) {
    found.intact = checked.has_value();
    if (checked.has_error()) found.reason = checked.error().detail;
}

}  // namespace

Result<std::string> sign_xml(ByteView text, const SigningKey& key, const xml::Limits& limits) {
    HUTONG_ASSIGN(const xml::Document document, parsed(text, limits));
    HUTONG_ASSIGN(const std::string octets, canonicalize(document, names::exc_c14n));
    const std::string transforms = "<ds:Transforms>" + algorithm("Transform", names::enveloped) +
                                   algorithm("Transform", names::exc_c14n) + "</ds:Transforms>";
    const std::string info = signed_info(key.kind(), "", transforms, octets);
    HUTONG_ASSIGN(const std::string signature, signature_element(info, key));
    HUTONG_TRY(document.root().append_fragment(signature));
    return document.serialize();
}

Result<std::string> sign_apart(ByteView content, const std::string& uri, const SigningKey& key) {
    HUTONG_ASSIGN(const std::string written, uri_as_written(uri));
    const std::string info = signed_info(key.kind(), written, "", as_text(content));
    HUTONG_ASSIGN(const std::string signature, signature_element(info, key));
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + signature + "\n";
}

Result<std::vector<DocumentSignature>> verify_xml(ByteView text, const xml::Limits& limits) {
    HUTONG_ASSIGN(const xml::Document first, parsed(text, limits));
    const std::size_t count = first.root().children(names::ds, "Signature").size();
    if (count == 0 || count > most_signatures)
        return invalid(count == 0
                           ? "the document's root has no child ds:Signature"
                           : "the document has more than " + std::to_string(most_signatures) + " signatures");
    std::vector<DocumentSignature> all(count);
    for (std::size_t i = 0; i < count; ++i) {
        HUTONG_ASSIGN(const xml::Document document, parsed(text, limits));
        conclude(all[i],
                 check_enveloped(document, document.root().children(names::ds, "Signature")[i], all[i]));
    }
    return all;
}

Result<DocumentSignature> verify_apart(ByteView text, ByteView content, const xml::Limits& limits) {
    HUTONG_ASSIGN(const xml::Document document, parsed(text, limits));
    if (!document.root().is(names::ds, "Signature"))
        return invalid("the signature's root is no ds:Signature");
    DocumentSignature found;
    conclude(found, check_apart(document.root(), content, limits, found));
    return found;
}

}  // namespace hutong::security
