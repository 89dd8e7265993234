// Signs what a CA says (certificates, CRLs, OCSP answers, requests) with a SigningKey, wherever that key
// lies.
//
// RFC 5280 section 4.1.1: SEQUENCE { what is signed, AlgorithmIdentifier, BIT STRING }. RFC 4055 section 5
// (RSA), RFC 5758 section 3.2 (ECDSA). OpenSSL's own signing functions want the private key itself, which a
// token does not give away. Pure but for the key; safe from any thread.
#pragma once

#include <openssl/x509.h>

#include "security/keys/pem.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

// By which algorithm this kind of key signs, as DER: certificates and CRLs repeat it within what is signed.
// Error: invalid, for a kind that no CA here signs with.
Result<Bytes> algorithm_identifier(KeyKind kind);
Result<void> name_algorithm(X509* certificate, KeyKind kind);

// `content`: the DER of what is signed; `further`: DER that follows the signature. Errors: invalid (the
// kind), and the key's.
Result<Bytes> signed_sequence(ByteView content, const SigningKey& key, ByteView further = {});

// A request (PKCS #10, PEM) for the key, whose public half is `key`.
Result<std::string> make_request(const std::string& common_name, EVP_PKEY* key, const SigningKey& signer);

// A key pair that was just made: it has no certificate yet.
struct NewKey {
    KeyPtr key;
    std::shared_ptr<const SigningKey> signer;
};
inline constexpr int usual_rsa_bits = 2048;
Result<NewKey> make_key(KeyKind kind, int rsa_bits = usual_rsa_bits);

}  // namespace hutong::security
