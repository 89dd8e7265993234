// How the signer of a message writes SM2 signatures: by the trust domain of his certificate.
//
// docs/national-algorithms.md. Pure.
#pragma once

#include "security/trust/trust_domains.hpp"
#include "security/xmldsig/signature_shape.hpp"

namespace hutong::security {

// Whatever `shape` names must be a name of the table, or one of the signer's own domain. Error: refused.
Result<Sm2Form> form_of_signer(const SignatureShape& shape, ByteView certificate,
                               const TrustDomains& domains);

}  // namespace hutong::security
