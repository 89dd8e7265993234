#include "security/inbound/direct_check.hpp"

#include <algorithm>

#include "security/inbound/attachment_digest.hpp"
#include "security/xmldsig/canonical_tree.hpp"
#include "security/xmldsig/digest.hpp"
#include "security/xmldsig/signature_value.hpp"
#include "security/xmldsig/str_transform.hpp"

namespace hutong::security {

Bytes digest_of(xml::Element part, const ReferenceShape& reference) {
    Digest digest(*reference.digest);
    if (reference.str_transform) {
        std::string token = canonical_text(part, reference.c14n);
        show_default_namespace(token);
        digest.write(token);
    } else {
        write_subtree(part, reference.c14n, digest);
    }
    return digest.finish();
}

Error digest_differs(const ReferenceShape& reference) {
    return refused("the digest of " + reference.name() + " does not fit: the signed part was changed");
}

Result<void> check_directly(const PlacedSignature& signature, const PublicKey& key, xml::Element elsewhere) {
    const SignatureShape& shape = signature.shape;
    const std::string signed_info = canonical_text(shape.signed_info, shape.c14n);
    HUTONG_ASSIGN(const Bytes value, from_base64(shape.value));
    HUTONG_TRY(verify_value(*shape.algorithm, key, as_bytes(signed_info), value));
    for (std::size_t i = 0; i < shape.references.size(); ++i) {
        const xml::Element part = signature.parts[i];
        if (!part || part == elsewhere) continue;
        if (digest_of(part, shape.references[i]) != shape.references[i].value)
            return digest_differs(shape.references[i]);
    }
    return {};
}

Result<void> check_attachment_digests(const PlacedSignature& signature, const Attachments* attachments,
                                      const xml::Limits& limits) {
    for (const ReferenceShape& reference : signature.shape.references) {
        if (!reference.id.empty()) continue;
        if (attachments == nullptr) return refused(reference.name() + " is no attachment of this message");
        HUTONG_ASSIGN(const Bytes digest,
                      digest_attachment(*attachments, reference.content_id, *reference.digest, limits));
        if (digest != reference.value) return digest_differs(reference);
    }
    return {};
}

bool beyond_the_writer(const PlacedSignature& signature) {
    const SignatureShape& shape = signature.shape;
    if (needs_base_fixup(shape.c14n, ancestry_of(shape.signed_info), shape.signed_info)) return true;
    for (std::size_t i = 0; i < shape.references.size(); ++i) {
        const xml::Element part = signature.parts[i];
        if (part && needs_base_fixup(shape.references[i].c14n, ancestry_of(part), part)) return true;
    }
    return false;
}

}  // namespace hutong::security
