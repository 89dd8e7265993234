#include "security/inbound/security_header.hpp"

#include <algorithm>

#include "security/inbound/verifier.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

namespace {

constexpr std::string_view next11 = "http://schemas.xmlsoap.org/soap/actor/next";
constexpr std::string_view next12 = "http://www.w3.org/2003/05/soap-envelope/role/next";
constexpr std::string_view ultimate12 = "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver";

Rejection reject(std::string reason) {
    return {Rejection::Kind::not_verified, std::move(reason)};
}

// The tree and the byte layout come from two parses of one text; they have to agree on what stands where.
bool agree(const Positions& at, const soap::Layout& layout) {
    if (at.blocks.size() != layout.blocks.size() || !at.body) return false;
    for (std::size_t i = 0; i < at.blocks.size(); ++i)
        if (at.blocks[i].name() != layout.blocks[i].name) return false;
    const xml::Element operation = at.body.first_child();
    return operation ? operation.name() == layout.operation : layout.operation.local.empty();
}

}  // namespace

bool addressed_to_us(const soap::HeaderBlock& block, soap::Version version,
                     const std::vector<std::string>& trusted_roles) {
    if (block.role.empty()) return true;
    if (version == soap::Version::v11 && block.role == next11) return true;
    if (version == soap::Version::v12 && (block.role == next12 || block.role == ultimate12)) return true;
    return std::find(trusted_roles.begin(), trusted_roles.end(), block.role) != trusted_roles.end();
}

boost::system::result<Positions, Rejection> find_positions(const xml::Document& document,
                                                           const soap::Layout& layout,
                                                           const std::vector<std::string>& trusted_roles) {
    Positions at;
    const std::string_view ns = soap::namespace_of(layout.version);
    at.header = document.root().child(ns, "Header");
    at.body = document.root().child(ns, "Body");
    if (at.header) at.blocks = at.header.children();
    if (!agree(at, layout)) return reject("the message reads differently in two passes");

    for (std::size_t i = 0; i < at.blocks.size(); ++i) {
        if (!at.blocks[i].is(soap::ns_wsse, "Security")) continue;
        if (!addressed_to_us(layout.blocks[i], layout.version, trusted_roles)) continue;
        if (at.security) return reject("more than one Security header is addressed to this gateway");
        at.security = at.blocks[i];
        at.security_headers.push_back(layout.blocks[i].range);
    }
    if (!at.security)
        return Rejection{Rejection::Kind::no_security_header,
                         "no wsse:Security header is addressed to this gateway"};

    const auto timestamps = at.security.children(soap::ns_wsu, "Timestamp");
    if (timestamps.size() > 1) return reject("the Security header holds more than one Timestamp");
    if (!timestamps.empty()) at.timestamp = timestamps.front();
    const auto assertions = at.security.children(names::saml20, "Assertion");
    if (assertions.size() > 1) return reject("the Security header holds more than one SAML assertion");
    if (!assertions.empty()) at.assertion = assertions.front();
    const auto users = at.security.children(soap::ns_wsse, "UsernameToken");
    if (users.size() > 1) return reject("the Security header holds more than one UsernameToken");
    if (!users.empty()) at.username_token = users.front();
    at.signatures = at.security.children(names::ds, "Signature");
    return at;
}

}  // namespace hutong::security
