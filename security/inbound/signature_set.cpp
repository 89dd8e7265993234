#include "security/inbound/signature_set.hpp"

#include <algorithm>

#include "security/inbound/signer_form.hpp"
#include "security/xmldsig/bound_names.hpp"
#include "security/xmldsig/key_cache.hpp"
#include "security/xmldsig/nodes.hpp"

namespace hutong::security {

namespace {

// The element whose content a reference covers; with the STR-Transform that is the token.
Result<xml::Element> target(const ReferenceShape& reference, xml::Element signature, xml::Element security,
                            const IdIndex& ids, const xml::QNameValues* values) {
    HUTONG_ASSIGN(const xml::Element element, ids.find(reference.id));
    if (!element) return not_found("#" + reference.id + " points at nothing that may be signed by Id");
    // This makes enveloped-signature, where it is given, a no-op.
    if (is_ancestor_or_self(element, signature))
        return refused("#" + reference.id + " contains the signature itself");
    if (comment_within_text(element))
        return refused("#" + reference.id + " has a comment in the middle of text");
    if (reference.c14n.algorithm->exclusive)
        HUTONG_TRY(check_bound_names(element, reference.c14n.inclusive, values));
    ids.register_id(reference.id);
    if (!reference.str_transform) return element;
    if (!element.is(soap::ns_wsse, "SecurityTokenReference") || !is_ancestor_or_self(security, element))
        return refused("#" + reference.id +
                       " has the STR-Transform but is no SecurityTokenReference of our header");
    HUTONG_ASSIGN(const xml::Element token, find_token(element, security, ids));
    ids.register_id(token_id(element));
    return token;
}

}  // namespace

bool PlacedSignature::covers(xml::Element element) const {
    return element && std::find(parts.begin(), parts.end(), element) != parts.end();
}

Result<SignatureSet> SignatureSet::read(const Positions& at, const IdIndex& ids, const ShapeLimits& limits,
                                        const xml::QNameValues* values) {
    if (at.signatures.size() > most)
        return refused("the Security header holds more than " + std::to_string(most) + " signatures");
    SignatureSet set;
    for (const xml::Element signature : at.signatures) {
        PlacedSignature placed;
        HUTONG_ASSIGN(placed.shape, read_signature(signature, limits));
        for (const ReferenceShape& reference : placed.shape.references) {
            if (reference.id.empty()) {
                placed.parts.emplace_back();
                continue;
            }
            HUTONG_ASSIGN(const xml::Element part, target(reference, signature, at.security, ids, values));
            placed.parts.push_back(part);
        }
        for (const PlacedSignature& other : set.all_)
            if (other.shape.value == placed.shape.value)
                return refused("the Security header holds the same signature twice");
        set.all_.push_back(std::move(placed));
    }
    return set;
}

Result<void> SignatureSet::choose(const std::function<Result<void>(const PlacedSignature&)>& judge) {
    Result<void> first;
    std::size_t covering = 0;
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const auto judged = judge(all_[i]);
        if (judged.has_value() && ++covering == 1) primary_ = i;
        if (i == 0) first = judged;
    }
    if (covering > 1)
        return refused(
            "several signatures cover all that policy requires, so it is not clear who sends the message; "
            "let "
            "the others sign the first one");
    if (covering == 1) return {};
    return first;
}

Result<void> SignatureSet::verify(const KeySources& sources, const Check& check) {
    for (PlacedSignature& placed : all_) {
        HUTONG_ASSIGN(placed.token, read_key_info(placed.shape.key_info, sources));
        const TrustDomains& domains = sources.domains != nullptr ? *sources.domains : default_trust_domains();
        HUTONG_ASSIGN(const Sm2Form form, form_of_signer(placed.shape, placed.token.certificate, domains));
        HUTONG_ASSIGN(const PublicKey key, public_key_of(placed.token.certificate, form));
        HUTONG_TRY(check(placed, key));
        placed.key_kind = key.kind();
    }
    return {};
}

}  // namespace hutong::security
