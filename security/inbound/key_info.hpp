// The certificate that a signature's KeyInfo names, taken from the message itself.
//
// X.509 Token Profile 1.1.1 section 3: a direct reference to a BinarySecurityToken (X509v3 or X509PKIPathv1),
// or an embedded X509Data with one certificate. KeyValue, RetrievalMethod and references out of the message
// are refused. Pure functions.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/xml/document.hpp"
#include "security/xmldsig/ids.hpp"

namespace hutong::security {

struct SignerToken {
    Bytes certificate;         // DER, not yet parsed
    std::vector<Bytes> chain;  // what else a PKIPath held
};

// Errors: refused, saying why.
Result<SignerToken> read_key_info(xml::Element key_info, xml::Element security, const IdIndex& ids);

// The BinarySecurityToken, a child of `security`, that `str` (a SecurityTokenReference) refers to by "#id".
Result<xml::Element> find_token(xml::Element str, xml::Element security, const IdIndex& ids);

}  // namespace hutong::security
