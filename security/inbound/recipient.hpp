// Whether an EncryptedKey is for this gateway: its KeyInfo must name the certificate of our encryption key.
//
// WS-Security 1.1.1 section 9.2, X.509 Token Profile 1.1.1 section 3.2: issuer and serial number, subject key
// identifier, thumbprint, or the certificate itself. Pure functions.
#pragma once

#include "base/xml/document.hpp"
#include "security/xmldsig/ids.hpp"
#include "security/xmlenc/decryption_key.hpp"

namespace hutong::security {

// Error: refused, when it names another's certificate, or none in a way we read.
Result<void> check_recipient(xml::Element key_info, xml::Element security, const IdIndex& ids,
                             const DecryptionKey& key);

}  // namespace hutong::security
