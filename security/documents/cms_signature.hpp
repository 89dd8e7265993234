// Detached CMS signatures (RFC 5652 section 5) with signed attributes, CAdES-BES (ETSI EN 319 122-1).
//
// What is signed begins with the DER of a SET, so it is no certificate, no request and no SignedInfo. Pure
// functions, thread-safe as far as the key is.
#pragma once

#include "security/documents/document_signature.hpp"

namespace hutong::security {

// DER of a ContentInfo with SignedData, the certificates of the key among it. Error: whatever the key
// answers; internal.
Result<Bytes> sign_cms(ByteView content, const SigningKey& key, TimePoint now);

// One answer for each signer. `further`: certificates that may be the signers', beside those in `cms`.
// Error: invalid, when `cms` is no detached SignedData or has too many signers.
Result<std::vector<DocumentSignature>> verify_cms(ByteView cms, ByteView content,
                                                  const std::vector<Bytes>& further);

}  // namespace hutong::security
