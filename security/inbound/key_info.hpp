// The certificate that a signature's KeyInfo names: in the message itself, or among those known beforehand.
//
// X.509 Token Profile 1.1.1 section 3: a direct reference to a BinarySecurityToken (X509v3 or X509PKIPathv1),
// an embedded X509Data with one certificate, SubjectKeyIdentifier, ThumbprintSHA1 or X509IssuerSerial of a
// registered certificate; SAML Token Profile 1.1.1 section 3.4: the key of a holder-of-key assertion.
// KeyValue, RetrievalMethod and references out of the message are refused. Pure functions.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/xml/document.hpp"
#include "security/tokens/known_certificates.hpp"
#include "security/tokens/saml_assertion.hpp"
#include "security/trust/trust_domains.hpp"
#include "security/xmldsig/ids.hpp"

namespace hutong::security {

// Where a key may come from.
struct KeySources {
    xml::Element security;  // the header that holds the signature
    const IdIndex& ids;
    const KnownCertificates* known{nullptr};  // null: none
    const SamlAssertion* assertion{nullptr};  // the header's own, found good; null: none
    const TrustDomains* domains{nullptr};     // null: none is configured
};

struct SignerToken {
    Bytes certificate;         // DER, not yet parsed
    std::vector<Bytes> chain;  // what else a PKIPath held
    bool by_assertion{false};  // the certificate is the holder's of the assertion
};

// Errors: refused, saying why.
Result<SignerToken> read_key_info(xml::Element key_info, const KeySources& sources);

// The token, a child of `security`, that `str` (a SecurityTokenReference) refers to: a BinarySecurityToken by
// "#id", or an Assertion by SAMLID. For the STR-Transform; a token outside the message cannot be digested.
Result<xml::Element> find_token(xml::Element str, xml::Element security, const IdIndex& ids);

// The Id by which `str` means that token.
std::string token_id(xml::Element str);

}  // namespace hutong::security
