#include "security/inbound/key_info.hpp"

#include <algorithm>

#include <openssl/asn1.h>

#include "base/xml/soap.hpp"
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

Result<SignerToken> read_x509_data(xml::Element data) {
    const auto certificates = data.children(names::ds, "X509Certificate");
    if (certificates.empty())
        return refused(
            "ds:X509Data names a certificate without holding it, which needs one known beforehand; "
            "send the certificate itself");
    if (certificates.size() > 1)
        return refused("ds:X509Data holds several certificates; send a PKIPath token instead");
    HUTONG_ASSIGN(Bytes der, decode(certificates.front()));
    return SignerToken{std::move(der), {}};
}

Result<SignerToken> read_token(xml::Element str, xml::Element security, const IdIndex& ids) {
    HUTONG_ASSIGN(const xml::Element token, find_token(str, security, ids));
    HUTONG_ASSIGN(Bytes der, decode(token));
    if (token.attribute("ValueType") == names::x509_pki_path) return read_pki_path(der);
    return SignerToken{std::move(der), {}};
}

}  // namespace

Result<xml::Element> find_token(xml::Element str, xml::Element security, const IdIndex& ids) {
    const xml::Element reference = str.first_child();
    if (!reference || reference.next_sibling() || !reference.is(soap::ns_wsse, "Reference"))
        return refused(
            "the wsse:SecurityTokenReference holds no direct reference; KeyIdentifier needs a certificate "
            "known beforehand, so send a BinarySecurityToken");
    const std::string uri = reference.attribute("URI").value_or("");
    if (uri.size() < 2 || uri[0] != '#') return refused("the wsse:Reference does not point into the message");
    HUTONG_ASSIGN(const xml::Element token, ids.find(uri.substr(1)));
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

Result<SignerToken> read_key_info(xml::Element key_info, xml::Element security, const IdIndex& ids) {
    const xml::Element child = key_info.first_child();
    if (!child || child.next_sibling()) return refused("ds:KeyInfo must hold exactly one child");
    if (child.is(names::ds, "X509Data")) return read_x509_data(child);
    if (!child.is(soap::ns_wsse, "SecurityTokenReference"))
        return refused("ds:KeyInfo holds " + child.name().text().substr(0, 120) +
                       "; only a SecurityTokenReference or X509Data is accepted");
    const xml::Element inner = child.first_child();
    if (inner && !inner.next_sibling() && inner.is(names::ds, "X509Data")) return read_x509_data(inner);
    return read_token(child, security, ids);
}

}  // namespace hutong::security
