// Verifies a signature by our own canonical writer and OpenSSL, without xmlsec1.
//
// XML Signature 1.1 section 3.2; for signatures whose structure and targets have been checked. Pure
// functions.
#pragma once

#include "security/inbound/attachments.hpp"
#include "security/inbound/signature_set.hpp"

namespace hutong::security {

// That the key made the value over SignedInfo, and that the digest of every element of the tree fits, save of
// `elsewhere`, of which the tree has only the start tag. Errors: refused, as of xmldsig/signature_check.
Result<void> check_directly(const PlacedSignature& signature, const PublicKey& key, xml::Element elsewhere);

// That the digests of the attachments fit. Errors: refused; unavailable, when a part cannot be read.
Result<void> check_attachment_digests(const PlacedSignature& signature, const Attachments* attachments,
                                      const xml::Limits& limits);

// Whether canonicalising something that the signature covers asks for what the writer does not do.
bool beyond_the_writer(const PlacedSignature& signature);

// What a reference to this element digests, all of it being in the tree.
Bytes digest_of(xml::Element part, const ReferenceShape& reference);

Error digest_differs(const ReferenceShape& reference);

}  // namespace hutong::security
