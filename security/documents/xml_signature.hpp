// XML Signatures of documents: inside the document they sign, or apart from a document of any kind.
//
// XML Signature 1.1, narrowed: one Reference, to the whole document (enveloped, exclusive canonicalisation)
// or to the octets of the document apart from it, and X509Data with the signer's certificates. What is signed
// is a SignedInfo, so it is no certificate. Pure functions, thread-safe as far as the key is.
#pragma once

#include "base/xml/document.hpp"
#include "security/documents/document_signature.hpp"

namespace hutong::security {

// The document, as UTF-8, with the signature as its root's last child. Signatures that it has already stay
// and are signed as well. Errors: invalid (not XML, or with a DTD), limit, whatever the key answers.
Result<std::string> sign_xml(ByteView document, const SigningKey& key, const xml::Limits& limits);

// A document of its own: the signature of `content`, which it refers to as `uri`. Errors: invalid (the URI).
Result<std::string> sign_apart(ByteView content, const std::string& uri, const SigningKey& key);

// One answer for each signature that is a child of the root; one covers everything but itself.
// Errors: invalid (not XML, no signature, too many), limit.
Result<std::vector<DocumentSignature>> verify_xml(ByteView document, const xml::Limits& limits);

// `signature`: what sign_apart() makes, by whatever product; nothing is fetched by its URI. Errors: as above.
Result<DocumentSignature> verify_apart(ByteView signature, ByteView content, const xml::Limits& limits);

}  // namespace hutong::security
