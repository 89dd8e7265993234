#include "security/inbound/key_info.hpp"

#include <algorithm>

#include <openssl/asn1.h>

#include "base/xml/soap.hpp"
#include "security/tokens/names.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t max_token_bytes = 64u << 10;
constexpr std::size_t max_path = 10;

Result<Bytes> decode(xml::Element element) {
    const auto text = plain_text(element);
    if (!text) return refused("wsse/ds:" + std::string(element.local()) + " holds more than text");
    auto bytes = from_base64(*text);
    if (bytes.has_error() || bytes->empty() || bytes->size() > max_token_bytes)
        return refused(std::string(element.local()) + " is not base64 of a certificate of a sane size");
    return bytes;
}

// The next DER element at the front of `rest`, which is moved past it.
Result<ByteView> take_sequence(ByteView& rest, bool content_only) {
    const unsigned char* at = rest.data();
    long length = 0;
    int tag = 0;
    int type = 0;
    const int outcome = ASN1_get_object(&at, &length, &tag, &type, static_cast<long>(rest.size()));
    if (outcome != V_ASN1_CONSTRUCTED || tag != V_ASN1_SEQUENCE || type != V_ASN1_UNIVERSAL)
        return refused("the X509PKIPathv1 token is not a DER sequence of certificates");
    const auto head = static_cast<std::size_t>(at - rest.data());
    const auto whole = head + static_cast<std::size_t>(length);
    const ByteView taken = content_only ? rest.subspan(head, whole - head) : rest.first(whole);
    rest = rest.subspan(whole);
    return taken;
}

// ITU-T X.509 PkiPath: from the certificate nearest the anchor to the signer's own, which is last.
Result<SignerToken> read_pki_path(const Bytes& der) {
    ByteView outer(der);
    HUTONG_ASSIGN(ByteView rest, take_sequence(outer, true));
    if (!outer.empty()) return refused("the X509PKIPathv1 token has bytes after its end");
    SignerToken token;
    while (!rest.empty()) {
        if (token.chain.size() == max_path)
            return refused("the X509PKIPathv1 token has more than " + std::to_string(max_path) +
                           " certificates");
        HUTONG_ASSIGN(const ByteView certificate, take_sequence(rest, false));
        token.chain.emplace_back(certificate.begin(), certificate.end());
    }
    if (token.chain.empty()) return refused("the X509PKIPathv1 token is empty");
    token.certificate = std::move(token.chain.back());
    token.chain.pop_back();
    std::reverse(token.chain.begin(), token.chain.end());
    return token;
}

Result<std::string> text_of(xml::Element element) {
    auto text = plain_text(element);
    if (!text) return refused(std::string(element.local()) + " holds more than text");
    return std::move(*text);
}

Result<SignerToken> known_by_issuer_serial(xml::Element issuer_serial, const KnownCertificates* known) {
    const xml::Element name = issuer_serial.first_child();
    const xml::Element serial = name ? name.next_sibling() : xml::Element();
    if (!serial || serial.next_sibling() || !name.is(names::ds, "X509IssuerName") ||
        !serial.is(names::ds, "X509SerialNumber"))
        return refused("ds:X509IssuerSerial must hold X509IssuerName and X509SerialNumber");
    HUTONG_ASSIGN(const std::string issuer, text_of(name));
    HUTONG_ASSIGN(const std::string number, text_of(serial));
    HUTONG_ASSIGN(Bytes der, (known ? *known : KnownCertificates()).by_issuer_serial(issuer, number));
    return SignerToken{std::move(der), {}};
}

Result<SignerToken> read_x509_data(xml::Element data, const KnownCertificates* known) {
    const xml::Element child = data.first_child();
    if (!child || child.next_sibling())
        return refused(
            "ds:X509Data must hold exactly one child; send several certificates as a PKIPath token");
    if (child.is(names::ds, "X509IssuerSerial")) return known_by_issuer_serial(child, known);
    if (!child.is(names::ds, "X509Certificate"))
        return refused("ds:X509Data holds " + child.name().text().substr(0, 120) +
                       "; only X509Certificate and X509IssuerSerial are accepted");
    HUTONG_ASSIGN(Bytes der, decode(child));
    return SignerToken{std::move(der), {}};
}

Result<SignerToken> holder_of(const std::string& id, const KeySources& sources) {
    if (sources.assertion == nullptr)
        return refused("the key is that of a SAML assertion, and there is none that is accepted here");
    if (sources.assertion->id != id) return refused("the SAMLID is not that of the header's assertion");
    if (!sources.assertion->holder_of_key)
        return refused("the message is signed by the key of an assertion that is not holder-of-key");
    return SignerToken{sources.assertion->certificate, {}, true};
}

// WS-Security 1.1.1 section 7.3.
Result<SignerToken> read_key_identifier(xml::Element identifier, const KeySources& sources) {
    const std::string type = identifier.attribute("ValueType").value_or("");
    if (type == names::saml_id) {
        HUTONG_ASSIGN(const std::string id, text_of(identifier));
        return holder_of(id, sources);
    }
    if (identifier.attribute("EncodingType").value_or(std::string(names::base64_binary)) !=
        names::base64_binary)
        return refused("the KeyIdentifier's EncodingType is not Base64Binary");
    const bool by_key = type == names::x509_key_identifier;
    if (!by_key && type != names::thumbprint_sha1)
        return refused(
            "the KeyIdentifier's ValueType is none of X509SubjectKeyIdentifier, ThumbprintSHA1, "
            "SAMLID");
    HUTONG_ASSIGN(const Bytes value, decode(identifier));
    const KnownCertificates none;
    const KnownCertificates& known = sources.known ? *sources.known : none;
    HUTONG_ASSIGN(Bytes der, by_key ? known.by_key_identifier(value) : known.by_thumbprint(value));
    return SignerToken{std::move(der), {}};
}

Result<SignerToken> read_token(xml::Element str, const KeySources& sources) {
    HUTONG_ASSIGN(const xml::Element token, find_token(str, sources.security, sources.ids));
    HUTONG_ASSIGN(Bytes der, decode(token));
    if (token.attribute("ValueType") == names::x509_pki_path) return read_pki_path(der);
    return SignerToken{std::move(der), {}};
}

Result<xml::Element> binary_token(xml::Element reference, xml::Element token, xml::Element security) {
    if (!token || !token.is(soap::ns_wsse, "BinarySecurityToken") || token.parent() != security)
        return refused(
            "the wsse:Reference does not point at a BinarySecurityToken in the same Security header");
    const std::string type = token.attribute("ValueType").value_or("");
    if (type != names::x509v3 && type != names::x509_pki_path)
        return refused("the BinarySecurityToken's ValueType is neither X509v3 nor X509PKIPathv1");
    if (reference.attribute("ValueType").value_or(type) != type)
        return refused("the wsse:Reference says another ValueType than the BinarySecurityToken");
    if (token.attribute("EncodingType").value_or(std::string(names::base64_binary)) != names::base64_binary)
        return refused("the BinarySecurityToken's EncodingType is not Base64Binary");
    return token;
}

bool is_saml_identifier(xml::Element child) {
    return child.is(soap::ns_wsse, "KeyIdentifier") && child.attribute("ValueType") == names::saml_id;
}

}  // namespace

std::string token_id(xml::Element str) {
    const xml::Element child = str.first_child();
    if (!child) return {};
    if (is_saml_identifier(child)) return plain_text(child).value_or("");
    const std::string uri = child.attribute("URI").value_or("");
    return uri.size() < 2 || uri[0] != '#' ? std::string() : uri.substr(1);
}

Result<xml::Element> find_token(xml::Element str, xml::Element security, const IdIndex& ids) {
    const xml::Element child = str.first_child();
    if (!child || child.next_sibling())
        return refused("the wsse:SecurityTokenReference must hold exactly one child");
    const bool saml = is_saml_identifier(child);
    if (!saml && !child.is(soap::ns_wsse, "Reference"))
        return refused("the wsse:SecurityTokenReference does not refer to a token of this message");
    const std::string id = token_id(str);
    if (id.empty()) return refused("the wsse:Reference does not point into the message");
    HUTONG_ASSIGN(const xml::Element token, ids.find(id));
    if (!saml) return binary_token(child, token, security);
    if (!token || !token.is(names::saml20, "Assertion") || token.parent() != security)
        return refused("the SAMLID is not that of an Assertion in the same Security header");
    return token;
}

Result<SignerToken> read_key_info(xml::Element key_info, const KeySources& sources) {
    const xml::Element child = key_info.first_child();
    if (!child || child.next_sibling()) return refused("ds:KeyInfo must hold exactly one child");
    if (child.is(names::ds, "X509Data")) return read_x509_data(child, sources.known);
    if (!child.is(soap::ns_wsse, "SecurityTokenReference"))
        return refused("ds:KeyInfo holds " + child.name().text().substr(0, 120) +
                       "; only a SecurityTokenReference or X509Data is accepted");
    const xml::Element inner = child.first_child();
    if (inner && !inner.next_sibling()) {
        if (inner.is(names::ds, "X509Data")) return read_x509_data(inner, sources.known);
        if (inner.is(soap::ns_wsse, "KeyIdentifier")) return read_key_identifier(inner, sources);
    }
    return read_token(child, sources);
}

}  // namespace hutong::security
