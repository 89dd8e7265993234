#include "tests/attack/xsw/places.hpp"

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::attack {

namespace names = security::names;

std::vector<Place> places_for(const SignedEnvelope& envelope, const Markup& part) {
    const std::string wrap = "<q:wrap xmlns:q=\"urn:q\">";
    const std::string unwrap = "</q:wrap>";
    const std::string object = "<o:Object xmlns:o=\"" + std::string(names::ds) + "\">";
    const std::string unobject = "</o:Object>";
    std::vector<Place> all;
    const auto inside = [&](const std::string& name, const Markup* of) {
        if (of == nullptr || of->open_end == of->end || of == &part) return;
        for (const Markup* up = of; up != nullptr; up = up->parent)
            if (up == &part) return;
        all.push_back({"first in " + name, of->open_end, "", ""});
        all.push_back({"last in " + name, of->close_begin, "", ""});
        all.push_back({"wrapped first in " + name, of->open_end, wrap, unwrap});
        all.push_back({"wrapped last in " + name, of->close_begin, wrap, unwrap});
    };
    inside("Envelope", envelope.root.get());
    inside("Header", envelope.header);
    inside("Security", envelope.security);
    inside("Signature", envelope.signature);
    inside("SignedInfo", envelope.signature->child(names::ds, "SignedInfo"));
    inside("SignatureValue", envelope.signature->child(names::ds, "SignatureValue"));
    const Markup* const key_info = envelope.signature->child(names::ds, "KeyInfo");
    inside("KeyInfo", key_info);
    if (key_info != nullptr && !key_info->children.empty())
        inside("KeyInfo's token", key_info->children.front().get());
    inside("BinarySecurityToken", envelope.security->child(soap::ns_wsse, "BinarySecurityToken"));
    inside("Timestamp", envelope.security->child(soap::ns_wsu, "Timestamp"));
    inside("UsernameToken", envelope.security->child(soap::ns_wsse, "UsernameToken"));
    inside("Assertion", envelope.security->child(names::saml20, "Assertion"));
    if (envelope.security->children.back()->is(names::ds, "Signature"))
        inside("the last Signature", envelope.security->children.back().get());
    inside("Body", envelope.body);
    if (!envelope.body->children.empty()) inside("operation", envelope.body->children.front().get());
    for (const auto& block : envelope.header->children)
        if (block->ns == soap::ns_wsa) inside("wsa:" + block->local, block.get());
    for (const auto& [name, at] : {std::pair{"first in Signature", envelope.signature->open_end},
                                   {"last in Signature", envelope.signature->close_begin},
                                   {"last in Security", envelope.security->close_begin},
                                   {"last in Header", envelope.header->close_begin}}) {
        const bool in_the_part = at > part.begin && at < part.end;  // which goes away
        if (!in_the_part) all.push_back({std::string("ds:Object ") + name, at, object, unobject});
    }
    all.push_back({"before it", part.begin, "", ""});
    all.push_back({"after it", part.end, "", ""});
    all.push_back({"wrapped before it", part.begin, wrap, unwrap});
    all.push_back({"wrapped after it", part.end, wrap, unwrap});
    all.push_back({"between Header and Body", envelope.header->end, wrap, unwrap});
    const std::string actor = envelope.root->ns == soap::ns11 ? "actor" : "role";
    for (const auto& [name, attribute] :
         {std::pair<std::string, std::string>{"second Security", ""},
          {"second Security for another", " " + envelope.tag(actor) + "=\"urn:else\""}}) {
        const std::string open =
            "<s2:Security xmlns:s2=\"" + std::string(soap::ns_wsse) + "\"" + attribute + ">";
        all.push_back({name + " before", envelope.security->begin, open, "</s2:Security>"});
        all.push_back({name + " after", envelope.security->end, open, "</s2:Security>"});
    }
    all.push_back({"second Header", envelope.header->begin, "<" + envelope.tag("Header") + ">",
                   "</" + envelope.tag("Header") + ">"});
    return all;
}

}  // namespace hutong::attack
