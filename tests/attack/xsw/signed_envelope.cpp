#include "tests/attack/xsw/signed_envelope.hpp"

#include <stdexcept>

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::attack {

namespace {

bool is_id(const Markup::Attribute& attribute) {
    return attribute.name == "Id" || attribute.name == "ID" || attribute.name.ends_with(":Id");
}

}  // namespace

SignedEnvelope::SignedEnvelope(const std::string& message) : text(message), root(read_markup(text)) {
    header = root->child(root->ns, "Header");
    body = root->child(root->ns, "Body");
    security = header == nullptr ? nullptr : header->child(soap::ns_wsse, "Security");
    if (security == nullptr || body == nullptr) throw std::runtime_error("the message is no signed envelope");
    signature = security->child(security::names::ds, "Signature");
    if (signature == nullptr) throw std::runtime_error("the message has no signature");
}

const Markup::Attribute* id_of(const Markup& element) {
    for (const Markup::Attribute& attribute : element.attributes)
        if (is_id(attribute)) return &attribute;
    return nullptr;
}

}  // namespace hutong::attack
