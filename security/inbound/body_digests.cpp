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
            const auto like = std::find_if(parts_.begin(), parts_.end(), [&](const auto& part) {
                const ReferenceShape& other = *part->references.front();
                return other.c14n == reference.c14n && other.digest == reference.digest;
            });
            if (like == parts_.end())
                parts_.push_back(std::make_unique<Part>(reference, body));
            else
                (*like)->references.push_back(&reference);
        }
}

Result<void> BodyDigests::check_types(const xml::StartTag& tag) const {
    for (const auto& part : parts_) HUTONG_TRY(types_.check(tag, part->writer));
    return {};
}

Result<void> BodyDigests::check_value(std::string_view value, bool prefixed) const {
    for (const auto& part : parts_) HUTONG_TRY(types_.check_value(value, prefixed, part->writer));
    return {};
}

std::vector<std::pair<const ReferenceShape*, Bytes>> BodyDigests::finish() {
    std::vector<std::pair<const ReferenceShape*, Bytes>> all;
    for (const auto& part : parts_) {
        const Bytes digest = part->digest.finish();
        for (const ReferenceShape* reference : part->references) all.emplace_back(reference, digest);
    }
    return all;
}

Result<void> BodyDigests::compare() {
    for (const auto& [reference, digest] : finish())
        if (digest != reference->value) return digest_differs(*reference);
    return {};
}

}  // namespace hutong::security
