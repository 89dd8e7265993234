#include "security/inbound/recipient.hpp"

#include "base/xml/soap.hpp"
#include "security/inbound/key_info.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security {

namespace {

Error another() {
    return refused("the EncryptedKey is for another certificate than ours");
}

Result<Bytes> decode(xml::Element element) {
    const auto text = plain_text(element);
    if (!text) return refused("the EncryptedKey's " + std::string(element.local()) + " holds more than text");
    auto bytes = from_base64(*text);
    if (bytes.has_error())
        return refused("the EncryptedKey's " + std::string(element.local()) + " is not base64");
    return bytes;
}

Result<void> check_identifier(xml::Element identifier, const DecryptionKey& key) {
    HUTONG_ASSIGN(const Bytes value, decode(identifier));
    const std::string type = identifier.attribute("ValueType").value_or("");
    const bool ours = type == names::x509_ski          ? key.has_subject_key_identifier(value)
                      : type == names::thumbprint_sha1 ? key.has_thumbprint(value)
                      : type == names::x509v3          ? value == key.certificate()
                                                       : false;
    return ours ? Result<void>{} : another();
}

Result<void> check_x509_data(xml::Element data, const DecryptionKey& key) {
    const xml::Element child = data.first_child();
    if (!child || child.next_sibling())
        return refused("the EncryptedKey's X509Data must name one certificate, in one way");
    if (child.is(names::ds, "X509IssuerSerial")) {
        const xml::Element issuer = child.child(names::ds, "X509IssuerName");
        const xml::Element serial = child.child(names::ds, "X509SerialNumber");
        if (issuer && serial && key.has_issuer_serial(issuer.text(), serial.text())) return {};
        return another();
    }
    if (!child.is(names::ds, "X509SKI") && !child.is(names::ds, "X509Certificate"))
        return refused("the EncryptedKey's X509Data is not read in this form");
    HUTONG_ASSIGN(const Bytes value, decode(child));
    const bool ours =
        child.local() == "X509SKI" ? key.has_subject_key_identifier(value) : value == key.certificate();
    return ours ? Result<void>{} : another();
}

}  // namespace

Result<void> check_recipient(xml::Element key_info, xml::Element security, const IdIndex& ids,
                             const DecryptionKey& key) {
    const xml::Element outer = key_info.first_child();
    if (!outer || outer.next_sibling())
        return refused("the EncryptedKey's KeyInfo must hold exactly one child");
    if (outer.is(names::ds, "X509Data")) return check_x509_data(outer, key);
    const xml::Element inner = outer.first_child();
    if (!outer.is(soap::ns_wsse, "SecurityTokenReference") || !inner || inner.next_sibling())
        return refused("the EncryptedKey's KeyInfo is neither a SecurityTokenReference nor X509Data");
    if (inner.is(names::ds, "X509Data")) return check_x509_data(inner, key);
    if (inner.is(soap::ns_wsse, "KeyIdentifier")) return check_identifier(inner, key);
    HUTONG_ASSIGN(const xml::Element token, find_token(outer, security, ids));
    HUTONG_ASSIGN(const Bytes certificate, decode(token));
    return certificate == key.certificate() ? Result<void>{} : another();
}

}  // namespace hutong::security
