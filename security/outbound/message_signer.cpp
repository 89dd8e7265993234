#include "security/outbound/message_signer.hpp"

#include <algorithm>
#include <cctype>

#include "base/ids.hpp"
#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

constexpr std::string_view ultimate12 = "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";

// A backend's own Security header that would compete with ours for the same receiver. Those addressed to
// another role stay; two for one role are not allowed (WS-Security 1.1.1 section 5), and ours is the one the
// caller can check.
std::vector<soap::Range> competing_headers(const soap::Layout& layout) {
    std::vector<soap::Range> ranges;
    for (const soap::HeaderBlock& block : layout.blocks)
        if (block.name == xml::QName{std::string(soap::ns_wsse), "Security"} &&
            (block.role.empty() || block.role == ultimate12))
            ranges.push_back(block.range);
    return ranges;
}

bool is_plain_id(std::string_view id) {
    return !id.empty() && (std::isalpha(static_cast<unsigned char>(id[0])) != 0 || id[0] == '_') &&
           std::all_of(id.begin(), id.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
           });
}

// The body of the message to be signed: the text it is in now, and the Id by which it is referenced.
struct IdentifiedBody {
    std::string text;
    std::string id;
};

// A prefix that means the wsu namespace at `body`, or may be declared there without changing what is below.
struct Prefix {
    std::string name;
    bool declared;
};
Prefix wsu_prefix(xml::Element body) {
    for (unsigned n = 0;; ++n) {
        std::string name = n == 0 ? "wsu" : "wsu" + std::to_string(n);
        const auto bound = body.resolve(name + ":Id");
        if (bound.has_error()) return {std::move(name), false};
        if (bound->ns == soap::ns_wsu) return {std::move(name), true};
    }
}

Result<IdentifiedBody> identify_body(std::string_view utf8, const soap::Layout& layout, xml::Element body) {
    if (auto id = body.attribute("Id", soap::ns_wsu)) {
        if (!is_plain_id(*id))
            return invalid("the Body's own wsu:Id is not a plain name: \"" + id->substr(0, 100) + "\"");
        return IdentifiedBody{std::string(utf8), std::move(*id)};
    }
    std::string id = "B-" + new_uuid();
    const Prefix prefix = wsu_prefix(body);
    std::string attribute = " " + prefix.name + ":Id=\"" + id + "\"";
    if (!prefix.declared)
        attribute = " xmlns:" + prefix.name + "=\"" + std::string(soap::ns_wsu) + "\"" + attribute;
    const std::size_t name_end = utf8.find_first_of(" \t\r\n/>", layout.body.begin);
    std::string text(utf8);
    text.insert(name_end, attribute);
    return IdentifiedBody{std::move(text), std::move(id)};
}

xml::Limits limits_of_our_own_text(std::string_view text) {
    // What is signed here passed the gateway's limits when it came in, or was made by the gateway.
    xml::Limits limits;
    limits.bytes = std::max(limits.bytes, text.size());
    limits.depth = 1024;
    limits.attributes = 4096;
    limits.attribute_bytes = limits.name_bytes = limits.elements = limits.bytes;
    return limits;
}

Result<xml::Element> body_of(const xml::Document& document, const soap::Layout& layout) {
    if (const xml::Element body = document.root().child(soap::namespace_of(layout.version), "Body"))
        return body;
    return internal("the message to sign has no Body where its layout says so");
}

// An element as it stands in the message, and as exclusive canonicalisation shows it: with the declaration of
// the one prefix it uses, which in the message stands further up.
struct Part {
    std::string_view name;
    std::string_view ns_declaration;
    std::string rest;  // from past the name to the end tag, canonical already

    std::string in_message() const { return "<" + std::string(name) + rest; }
    std::string canonical() const {
        return "<" + std::string(name) + " " + std::string(ns_declaration) + rest;
    }
};

std::string declaration(std::string_view prefix, std::string_view ns) {
    return "xmlns:" + std::string(prefix) + "=\"" + std::string(ns) + "\"";
}
const std::string declare_wsse = declaration("wsse", soap::ns_wsse);
const std::string declare_wsu = declaration("wsu", soap::ns_wsu);
const std::string declare_wsse11 = declaration("wsse11", names::wsse11);
const std::string declare_ds = declaration("ds", names::ds);

Part make_timestamp(const std::string& id, const SignOptions& options) {
    return {"wsu:Timestamp", declare_wsu,
            " wsu:Id=\"" + id + "\"><wsu:Created>" + format_utc(options.now) + "</wsu:Created><wsu:Expires>" +
                format_utc(options.now + options.lifetime) + "</wsu:Expires></wsu:Timestamp>"};
}

// One element for each signature of the request, or one without a value when it had none.
std::vector<Part> make_confirmations(const SignOptions& options, std::vector<std::string>& ids) {
    std::vector<Part> parts;
    if (!options.confirm) return parts;
    const auto add = [&](const std::string& value) {
        ids.push_back("SC-" + new_uuid());
        // Attributes in canonical order: the un-namespaced one before wsu:Id, and both after the
        // declarations.
        parts.push_back({"wsse11:SignatureConfirmation", declare_wsse11,
                         " " + declare_wsu + (value.empty() ? "" : " Value=\"" + value + "\"") +
                             " wsu:Id=\"" + ids.back() + "\"></wsse11:SignatureConfirmation>"});
    };
    for (const std::string& value : *options.confirm) add(value);
    if (parts.empty()) add({});
    return parts;
}

std::string algorithm(std::string_view element, std::string_view uri) {
    const std::string name = "ds:" + std::string(element);
    return "<" + name + " Algorithm=\"" + std::string(uri) + "\"></" + name + ">";
}

std::string reference(const std::string& id, std::string_view canonical) {
    const Sha256Digest digest = sha256(canonical);
    return "<ds:Reference URI=\"#" + id + "\"><ds:Transforms>" + algorithm("Transform", names::exc_c14n) +
           "</ds:Transforms>" + algorithm("DigestMethod", names::sha256) + "<ds:DigestValue>" +
           to_base64(digest) + "</ds:DigestValue></ds:Reference>";
}

Part make_signed_info(KeyKind kind, const std::string& references) {
    return {"ds:SignedInfo", declare_ds,
            ">" + algorithm("CanonicalizationMethod", names::exc_c14n) +
                algorithm("SignatureMethod", default_signature_algorithm(kind).uri) + references +
                "</ds:SignedInfo>"};
}

// The header in the order that one-pass receivers need: the token, the time, the signature that uses both.
std::string security_header(soap::Version version, const SigningKey& key, const Part& timestamp,
                            const std::vector<Part>& confirmations, const Part& signed_info,
                            const Bytes& signature) {
    const std::string token_id = "X509-" + new_uuid();
    std::string text = "<wsse:Security " + declare_wsse + " " + declare_wsu + " " +
                       declaration("soap", soap::namespace_of(version)) + " soap:mustUnderstand=\"1\">";
    text += "<wsse:BinarySecurityToken EncodingType=\"" + std::string(names::base64_binary) +
            "\" ValueType=\"" + std::string(names::x509v3) + "\" wsu:Id=\"" + token_id + "\">" +
            to_base64(key.certificates().front()) + "</wsse:BinarySecurityToken>";
    text += timestamp.in_message();
    // Declares the one prefix that the header does not.
    for (const Part& confirmation : confirmations) text += confirmation.canonical();
    text += "<ds:Signature " + declare_ds + ">" + signed_info.in_message() + "<ds:SignatureValue>" +
            to_base64(signature) + "</ds:SignatureValue>";
    text += "<ds:KeyInfo><wsse:SecurityTokenReference><wsse:Reference URI=\"#" + token_id +
            "\" ValueType=\"" + std::string(names::x509v3) +
            "\"/></wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>";
    return text + "</wsse:Security>";
}

}  // namespace

Result<std::string> sign_message(std::string_view utf8, const soap::Layout& layout, const SigningKey& key,
                                 const SignOptions& options) {
    if (key.certificates().empty()) return invalid("the signing key has no certificate");
    const xml::Limits limits = limits_of_our_own_text(utf8);
    HUTONG_ASSIGN(const xml::Document before, xml::parse(utf8, limits));
    HUTONG_ASSIGN(const xml::Element body_before, body_of(before, layout));
    HUTONG_ASSIGN(const IdentifiedBody body, identify_body(utf8, layout, body_before));
    // Read again with the Id in, so that what is digested is what the receiver will read.
    HUTONG_ASSIGN(const xml::Document document, xml::parse(body.text, limits));
    HUTONG_ASSIGN(const xml::Element body_element, body_of(document, layout));
    HUTONG_ASSIGN(const std::string canonical_body, canonicalize(body_element, names::exc_c14n));

    const std::string timestamp_id = "TS-" + new_uuid();
    const Part timestamp = make_timestamp(timestamp_id, options);
    std::vector<std::string> confirmation_ids;
    const std::vector<Part> confirmations = make_confirmations(options, confirmation_ids);
    std::string references =
        reference(timestamp_id, timestamp.canonical()) + reference(body.id, canonical_body);
    for (std::size_t i = 0; i < confirmations.size(); ++i)
        references += reference(confirmation_ids[i], confirmations[i].canonical());
    const Part signed_info = make_signed_info(key.kind(), references);
    const std::string canonical = signed_info.canonical();
    HUTONG_ASSIGN(const Bytes signature, key.sign(as_bytes(canonical)));
    const std::string header =
        security_header(layout.version, key, timestamp, confirmations, signed_info, signature);

    // From the end of the text to its beginning, so that the layout's positions hold for what is still to be
    // done: the Body's Id is in already, the new header goes before Body, and what is removed stands before
    // the new header.
    return soap::without(soap::with_header_block(body.text, layout, header), competing_headers(layout));
}

}  // namespace hutong::security
