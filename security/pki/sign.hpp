// Signs X.509 objects, and whatever is signed in the same way, by a SigningKey, wherever that lies.
//
// RFC 5280 section 4.1.1.2, RFC 4055, RFC 5758, RFC 8410; GM/T 0015 for SM2-with-SM3, with the id that holds
// where nothing else was agreed. Pure, safe from any thread for distinct objects. Errors are of the key.
#pragma once

#include "security/keys/pem.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

Result<void> sign(X509* certificate, const SigningKey& key);
// An empty CRL to be signed by a key of this kind, and by no other: OpenSSL has no call that sets the
// algorithm a CRL names.
Result<CrlPtr> new_crl(KeyKind kind);
Result<void> sign(X509_CRL* crl, const SigningKey& key);
Result<void> sign(X509_REQ* request, const SigningKey& key);

// For objects composed by hand (OCSP answers, CMS): the AlgorithmIdentifier by which a key of this kind
// signs, and the octets of the BIT STRING or OCTET STRING that hold the signature of `body` (DER).
Result<void> set_signature_algorithm(X509_ALGOR* to, KeyKind kind);
Result<Bytes> sign_der(ByteView body, const SigningKey& key);
// Whether the certificate's key, RSA or P-256, made this signature of `body` so.
bool signed_der(ByteView body, ByteView signature, const X509* certificate);

}  // namespace hutong::security
