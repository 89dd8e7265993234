// Whether a key made the signature of an object in DER that is signed as X.509 has it: body, algorithm, bits.
//
// RFC 5280 sections 4.1.1 and 5.1.1 (certificates, CRLs), RFC 6960 section 4.2.1 (OCSP answers), GM/T 0015
// (SM2-with-SM3, verified with the signer's distinguishing id). Pure, safe from any thread.
#pragma once

#include <string_view>

#include <openssl/x509.h>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/keys/sm2.hpp"

namespace hutong::security {

// Whether a signature of this algorithm may be believed at all: RSA PKCS #1 v1.5, RSASSA-PSS (MGF1 and its
// digest the same) and ECDSA with SHA-256, 384 or 512, Ed25519, SM2 with SM3. One table for certificates,
// CRLs and OCSP answers. Error: refused, naming the algorithm.
Result<void> check_signature_algorithm(const X509_ALGOR* algorithm);
Result<void> check_signature_algorithm(const X509* certificate);
Result<void> check_signature_algorithm(const X509_CRL* crl);

// `body`: the DER of what was signed. Error: refused: an algorithm that is not in the table, another kind of
// key, or the signature does not fit.
Result<void> verify_signed_der(ByteView body, const X509_ALGOR* algorithm, const ASN1_BIT_STRING* signature,
                               EVP_PKEY* key, std::string_view sm2_id = sm2_default_id);
Result<void> verify_crl(const X509_CRL* crl, EVP_PKEY* key, std::string_view sm2_id = sm2_default_id);

}  // namespace hutong::security
