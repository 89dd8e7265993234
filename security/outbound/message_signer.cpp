#include "security/outbound/message_signer.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "security/keys/ecdsa_value.hpp"
#include "security/outbound/outgoing_reader.hpp"
#include "security/xmldsig/digest.hpp"
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

xml::Limits limits_of_our_own_text(std::string_view text) {
    // What is signed here passed the gateway's limits when it came in, or was made by the gateway.
    xml::Limits limits;
    limits.bytes = std::max(limits.bytes, text.size());
    limits.depth = 1024;
    limits.attributes = 4096;
    limits.attribute_bytes = limits.name_bytes = limits.elements = limits.bytes;
    return limits;
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

// By which names the references and the signature go.
struct Names {
    const DigestAlgorithm& method;
    std::string digest;
    std::string signature;
};

Names names_for(KeyKind kind, const ReceiverForm& form) {
    const DigestAlgorithm& method = reference_digest(kind);
    if (kind == KeyKind::sm2) return {method, form.digest, form.signature};
    return {method, std::string(method.uri), std::string(default_signature_algorithm(kind).uri)};
}

// The octets of the ds:SignatureValue.
Result<Bytes> signature_value(const SigningKey& key, std::string_view signed_info, const ReceiverForm& form) {
    if (key.kind() != KeyKind::sm2) return key.sign(as_bytes(signed_info));
    HUTONG_ASSIGN(Bytes raw, key.sign_as(form.sm2.id, as_bytes(signed_info)));
    return form.sm2.der ? der_from_raw(raw) : std::move(raw);
}

std::string reference(const std::string& id, const Names& names, const Bytes& digest) {
    return "<ds:Reference URI=\"#" + id + "\"><ds:Transforms>" +
           algorithm("Transform", security::names::exc_c14n) + "</ds:Transforms>" +
           algorithm("DigestMethod", names.digest) + "<ds:DigestValue>" + to_base64(digest) +
           "</ds:DigestValue></ds:Reference>";
}

std::string reference(const std::string& id, const Names& names, std::string_view canonical) {
    Digest digest(names.method);
    digest.write(canonical);
    return reference(id, names, digest.finish());
}

Part make_signed_info(const Names& names, const std::string& references) {
    return {"ds:SignedInfo", declare_ds,
            ">" + algorithm("CanonicalizationMethod", security::names::exc_c14n) +
                algorithm("SignatureMethod", names.signature) + references + "</ds:SignedInfo>"};
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

std::string canonical_value(std::string_view value) {
    std::string text;
    for (const char c : value) {
        switch (c) {
            case '&':
                text += "&amp;";
                break;
            case '<':
                text += "&lt;";
                break;
            case '>':
                text += "&gt;";
                break;
            case '\r':
                text += "&#xD;";
                break;
            default:
                text.push_back(c);
        }
    }
    return text;
}

std::vector<soap::Edit> identifying_edits(const SignedBody& body) {
    std::vector<soap::Edit> edits;
    for (const SignedPart& header : body.headers)
        if (header.identify) edits.push_back(*header.identify);
    if (body.identify) edits.push_back(*body.identify);
    return edits;
}

Result<SignedBody> digest_body(std::string_view utf8, const DigestAlgorithm& method,
                               const MessagePolicy* policy) {
    const xml::Limits limits = limits_of_our_own_text(utf8);
    OutgoingReader reader(limits, &method, policy);
    HUTONG_TRY(reader.feed(utf8));
    HUTONG_TRY(reader.finish());
    return reader.body();
}

Result<Signing> sign_body(const SignedBody& body, const soap::Layout& layout, const SigningKey& key,
                          const SignOptions& options) {
    if (key.certificates().empty()) return invalid("the signing key has no certificate");
    const Names names = names_for(key.kind(), options.form);
    if (body.method != &names.method) return internal("the Body was digested for another kind of key");
    const std::string timestamp_id = "TS-" + new_uuid();
    const Part timestamp = make_timestamp(timestamp_id, options);
    std::vector<std::string> confirmation_ids;
    const std::vector<Part> confirmations = make_confirmations(options, confirmation_ids);
    std::string references =
        reference(timestamp_id, names, timestamp.canonical()) + reference(body.id, names, body.digest);
    for (const SignedPart& header : body.headers) references += reference(header.id, names, header.digest);
    for (std::size_t i = 0; i < confirmations.size(); ++i)
        references += reference(confirmation_ids[i], names, confirmations[i].canonical());
    for (const SignedBlock& block : options.blocks) references += reference(block.id, names, block.text);
    const Part signed_info = make_signed_info(names, references);
    const std::string canonical = signed_info.canonical();
    HUTONG_ASSIGN(const Bytes signature, signature_value(key, canonical, options.form));
    return Signing{security_header(layout.version, key, timestamp, confirmations, signed_info, signature),
                   competing_headers(layout)};
}

Result<std::string> sign_message(std::string_view utf8, const soap::Layout& layout, const SigningKey& key,
                                 const SignOptions& options) {
    HUTONG_ASSIGN(const SignedBody body, digest_body(utf8, reference_digest(key.kind())));
    HUTONG_ASSIGN(const Signing signing, sign_body(body, layout, key, options));
    std::string added = signing.header;
    for (const SignedBlock& block : options.blocks) added += block.text;
    const soap::Range header = layout.header.value_or(soap::Range{});
    std::vector<soap::Edit> edits{
        soap::add_to_header(layout, utf8.substr(header.begin, header.end - header.begin), added)};
    for (soap::Edit& edit : identifying_edits(body)) edits.push_back(std::move(edit));
    for (const soap::Range& range : signing.replaces) edits.push_back({range, {}});
    return soap::edited(utf8, std::move(edits));
}

}  // namespace hutong::security
