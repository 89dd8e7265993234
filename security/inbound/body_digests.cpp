#include "security/inbound/body_digests.hpp"

#include <algorithm>

#include "security/inbound/direct_check.hpp"
#include "security/xmldsig/canonical_tree.hpp"

namespace hutong::security {

BodyDigests::Part::Part(const ReferenceShape& reference, xml::Element body)
    : references{&reference}, digest(*reference.digest), writer(reference.c14n, ancestry_of(body), digest) {}

BodyDigests::BodyDigests(const SignatureSet& signatures, xml::Element body)
    : types_(ancestry_of(body).namespaces) {
    for (const PlacedSignature& signature : signatures.all())
        for (std::size_t i = 0; i < signature.parts.size(); ++i) {
            if (signature.parts[i] != body) continue;
            const ReferenceShape& reference = signature.shape.references[i];
            const auto like = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) {
                const ReferenceShape& other = *part.references.front();
                return other.c14n == reference.c14n && other.digest == reference.digest;
            });
            if (like == parts_.end())
                parts_.emplace_back(reference, body);
            else
                like->references.push_back(&reference);
        }
}

Result<void> BodyDigests::start(const xml::StartTag& tag) {
    if (parts_.empty()) return {};
    types_.start(tag);
    for (Part& part : parts_) {
        part.writer.start(tag);
        HUTONG_TRY(types_.check(tag, part.writer));
    }
    return {};
}

void BodyDigests::end() {
    if (!parts_.empty()) types_.end();
    for (Part& part : parts_) part.writer.end();
}

Result<void> BodyDigests::compare() {
    for (Part& part : parts_) {
        const Bytes digest = part.digest.finish();
        for (const ReferenceShape* reference : part.references)
            if (digest != reference->value) return digest_differs(*reference);
    }
    return {};
}

}  // namespace hutong::security
