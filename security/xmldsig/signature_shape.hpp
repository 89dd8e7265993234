// The structure of one ds:Signature, read strictly and checked against the allow-lists before any
// cryptography.
//
// XML Signature 1.1 section 4, narrowed to what WS-Security messages need (WS-I Basic Security Profile 1.1
// section 8): every element at its place and nothing besides. A view of the document. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/xml/document.hpp"
#include "security/xmldsig/canonical_writer.hpp"

namespace hutong::security {

struct ShapeLimits {
    unsigned max_references{10};
    unsigned max_transforms{5};  // of one reference
    bool documents{false};  // references are to whole documents, by any URI, and not to parts of a message
};

struct ReferenceShape {
    std::string id;          // of the same-document URI "#id"; empty: the reference is to an attachment
    std::string content_id;  // of the URI "cid:…", percent-decoded; empty: to this document
    std::string uri;         // only where limits.documents: empty means the document it stands in
    const DigestAlgorithm* digest{nullptr};
    std::string method;       // the URI it was named by
    Bytes value;              // the DigestValue
    C14nMethod c14n;          // of the element; where no transform says one, Canonical XML 1.0
    bool transformed{false};  // has ds:Transforms
    bool enveloped{false};    // carries the enveloped-signature transform; must be a no-op
    bool str_transform{
        false};  // digests the token a SecurityTokenReference points at, not the reference itself

    std::string name() const { return id.empty() ? "cid:" + content_id : "#" + id; }
};

struct SignatureShape {
    xml::Element signature;
    xml::Element signed_info;
    C14nMethod c14n;  // of SignedInfo
    const SignatureAlgorithm* algorithm{nullptr};
    std::string method;  // the URI it was named by
    std::vector<ReferenceShape> references;
    std::string value;           // SignatureValue, base64 without white space
    std::size_t value_bytes{0};  // decoded
    xml::Element key_info;

    // Whether all algorithms are named by the table, not by what a trust domain calls them.
    bool names_of_the_table() const;
};

// Errors: refused, saying which rule was broken.
Result<SignatureShape> read_signature(xml::Element signature, const ShapeLimits& limits);

}  // namespace hutong::security
