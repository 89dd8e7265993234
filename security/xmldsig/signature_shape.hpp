// The structure of one ds:Signature, read strictly and checked against the allow-lists before any
// cryptography.
//
// XML Signature 1.1 section 4, narrowed to what WS-Security messages need (WS-I Basic Security Profile 1.1
// section 8): every element at its place and nothing besides. A view of the document. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/xml/document.hpp"
#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

struct ShapeLimits {
    unsigned max_references{10};
    unsigned max_transforms{5};  // of one reference
    // Where policy narrows the table: the URIs it allows. nullptr or empty: every row.
    const std::vector<std::string>* signature_algorithms{nullptr};
};

struct ReferenceShape {
    std::string id;  // of the same-document URI "#id"
    const DigestAlgorithm* digest{nullptr};
    bool enveloped{false};  // carries the enveloped-signature transform; must be a no-op
    bool str_transform{
        false};  // digests the token a SecurityTokenReference points at, not the reference itself
};

struct SignatureShape {
    xml::Element signature;
    const SignatureAlgorithm* algorithm{nullptr};
    std::vector<ReferenceShape> references;
    std::string value;           // SignatureValue, base64 without white space
    std::size_t value_bytes{0};  // decoded
    xml::Element key_info;
};

// Errors: refused, saying which rule was broken.
Result<SignatureShape> read_signature(xml::Element signature, const ShapeLimits& limits);

}  // namespace hutong::security
