#include "security/xmlenc/encrypted_type.hpp"

#include <algorithm>

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmldsig/nodes.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security {

namespace {

std::string clipped(const std::string& text) {
    return text.substr(0, 120);
}

// The children in the order of the schema; each is taken when it is the next one.
class Children {
  public:
    explicit Children(xml::Element parent) : next_(parent.first_child()) {}
    xml::Element take(std::string_view ns, std::string_view local) {
        if (!next_ || !next_.is(ns, local)) return {};
        const xml::Element taken = next_;
        next_ = next_.next_sibling();
        return taken;
    }
    Result<void> done(std::string_view where) const {
        if (!next_) return {};
        return refused(std::string(where) + " holds " + clipped(next_.name().text()) +
                       ", which is not accepted there");
    }

  private:
    xml::Element next_;
};

Result<void> only_attributes(xml::Element element, std::initializer_list<std::string_view> allowed) {
    for (const xml::Attribute& attribute : element.attributes())
        if (!attribute.ns.empty() ||
            std::find(allowed.begin(), allowed.end(), attribute.local) == allowed.end())
            return refused("xenc:" + std::string(element.local()) + " has the attribute " +
                           clipped(attribute.local) + ", which is not accepted");
    return {};
}

Result<Bytes> read_cipher_data(xml::Element data, std::string_view where) {
    if (!data) return refused(std::string(where) + " has no CipherData");
    Children children(data);
    const xml::Element value = children.take(names::xenc, "CipherValue");
    if (!value)
        return refused(std::string(where) + " has no CipherValue; ciphertext is accepted by value only");
    HUTONG_TRY(children.done("CipherData"));
    const auto text = plain_text(value);
    if (!text) return refused(std::string(where) + "'s CipherValue holds more than text");
    auto bytes = from_base64(*text);
    if (bytes.has_error() || bytes->empty())
        return refused(std::string(where) + "'s CipherValue is not base64");
    return bytes;
}

Result<const KeyTransport*> read_transport(xml::Element method) {
    if (!method) return refused("EncryptedKey has no EncryptionMethod");
    const std::string uri = method.attribute("Algorithm").value_or("");
    Children children(method);
    const xml::Element digest = children.take(names::ds, "DigestMethod");
    const xml::Element mask = children.take(names::xenc11, "MGF");
    HUTONG_TRY(children.done("EncryptedKey's EncryptionMethod"));
    const auto algorithm = [](xml::Element of) {
        return of ? of.attribute("Algorithm").value_or("none") : std::string();
    };
    if (const KeyTransport* found = find_key_transport(uri, algorithm(digest), algorithm(mask))) return found;
    return refused("key transport \"" + clipped(uri) + "\" with digest \"" + clipped(algorithm(digest)) +
                   "\" and mask \"" + clipped(algorithm(mask)) + "\" is not allowed");
}

// "#id" in a SecurityTokenReference to an EncryptedKey.
Result<std::string> read_key_reference(xml::Element key_info) {
    const xml::Element str = key_info.first_child();
    const xml::Element reference = str ? str.first_child() : xml::Element();
    if (!str || str.next_sibling() || !str.is(soap::ns_wsse, "SecurityTokenReference") || !reference ||
        reference.next_sibling() || !reference.is(soap::ns_wsse, "Reference"))
        return refused("EncryptedData's KeyInfo does not refer to an EncryptedKey of the Security header");
    const std::string uri = reference.attribute("URI").value_or("");
    if (uri.size() < 2 || uri[0] != '#')
        return refused("EncryptedData's KeyInfo does not point into the message");
    return uri.substr(1);
}

}  // namespace

Result<std::vector<std::string>> read_reference_list(xml::Element list) {
    HUTONG_TRY(only_attributes(list, {}));
    std::vector<std::string> ids;
    for (const xml::Element reference : list.children()) {
        const std::string uri = reference.attribute("URI").value_or("");
        if (!reference.is(names::xenc, "DataReference") || reference.first_child())
            return refused("a ReferenceList holds something else than plain DataReferences");
        if (uri.size() < 2 || uri[0] != '#')
            return refused("a DataReference does not point into the message");
        std::string id = uri.substr(1);
        if (std::find(ids.begin(), ids.end(), id) != ids.end())
            return refused("#" + clipped(id) + " is named twice in a ReferenceList");
        ids.push_back(std::move(id));
    }
    if (ids.empty()) return refused("a ReferenceList is empty");
    return ids;
}

Result<EncryptedKeyShape> read_encrypted_key(xml::Element element) {
    HUTONG_TRY(only_attributes(element, {"Id", "Recipient"}));
    EncryptedKeyShape shape;
    shape.id = element.attribute("Id").value_or("");
    Children children(element);
    HUTONG_ASSIGN(shape.transport, read_transport(children.take(names::xenc, "EncryptionMethod")));
    shape.key_info = children.take(names::ds, "KeyInfo");
    if (!shape.key_info)
        return refused("EncryptedKey has no KeyInfo, so it does not say whose key it is for");
    HUTONG_ASSIGN(shape.wrapped, read_cipher_data(children.take(names::xenc, "CipherData"), "EncryptedKey"));
    if (const xml::Element list = children.take(names::xenc, "ReferenceList")) {
        HUTONG_ASSIGN(shape.references, read_reference_list(list));
    }
    HUTONG_TRY(children.done("EncryptedKey"));
    return shape;
}

Result<EncryptedDataShape> read_encrypted_data(xml::Element element) {
    HUTONG_TRY(only_attributes(element, {"Id", "Type"}));
    EncryptedDataShape shape;
    shape.id = element.attribute("Id").value_or("");
    const std::string type = element.attribute("Type").value_or("");
    if (type != names::type_content && type != names::type_element)
        return refused("EncryptedData's Type is neither Content nor Element");
    shape.content = type == names::type_content;
    Children children(element);
    const xml::Element method = children.take(names::xenc, "EncryptionMethod");
    const std::string uri = method ? method.attribute("Algorithm").value_or("") : "";
    shape.cipher = find_content_cipher(uri);
    if (shape.cipher == nullptr) return refused("content encryption \"" + clipped(uri) + "\" is not allowed");
    if (method.first_child()) return refused("EncryptedData's EncryptionMethod has parameters");
    if (const xml::Element key_info = children.take(names::ds, "KeyInfo")) {
        HUTONG_ASSIGN(shape.key_id, read_key_reference(key_info));
    }
    HUTONG_ASSIGN(shape.sealed, read_cipher_data(children.take(names::xenc, "CipherData"), "EncryptedData"));
    HUTONG_TRY(children.done("EncryptedData"));
    return shape;
}

}  // namespace hutong::security
