// The digests of the Body while it goes by: one writer for each way in which a signature references it.
//
// One thread at a time.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "security/inbound/signature_set.hpp"
#include "security/xmldsig/bound_names.hpp"
#include "security/xmldsig/canonical_writer.hpp"
#include "security/xmldsig/digest.hpp"

namespace hutong::security {

class BodyDigests {
  public:
    // For every reference to `body` of these signatures, which must outlive this.
    BodyDigests(const SignatureSet& signatures, xml::Element body);

    // The first of these references; null: the Body is not signed.
    const ReferenceShape* first() const {
        return parts_.empty() ? nullptr : parts_.front()->references.front();
    }
    void start(const xml::StartTag& tag) {
        for (const auto& part : parts_) part->writer.start(tag);
        if (!parts_.empty()) types_.start(tag);
    }
    void end() {
        for (const auto& part : parts_) part->writer.end();
        if (!parts_.empty()) types_.end();
    }
    // Of the tag that start() was called with. Error: refused, when a type's name is not digested
    // (xmldsig/bound_names).
    Result<void> check_types(const xml::StartTag& tag) const;
    // Of a value that is a QName, in the innermost open element or an attribute of it; likewise refused.
    Result<void> check_value(std::string_view value, bool prefixed) const;
    void text(std::string_view text) {
        for (const auto& part : parts_) part->writer.text(text);
    }
    void raw(std::string_view octets) {
        for (const auto& part : parts_) part->writer.raw(octets);
    }
    // After the Body's end, once: what each reference digests.
    std::vector<std::pair<const ReferenceShape*, Bytes>> finish();
    // Likewise. Error: refused, naming the reference whose digest differs.
    Result<void> compare();

  private:
    struct Part {
        Part(const ReferenceShape& reference, xml::Element body);
        std::vector<const ReferenceShape*> references;  // of one canonicalisation and one digest method
        Digest digest;
        CanonicalWriter writer;
    };
    BoundNames types_;
    std::vector<std::unique_ptr<Part>>
        parts_;  // a writer holds on to its digest, so they stay where they are
};

}  // namespace hutong::security
