// Private keys and certificates as PEM, with owners for OpenSSL's objects.
//
// Values; errors are invalid and name the file or text given as `name`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/evp.h>

#include "security/keys/key_kind.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY, EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, OpensslDeleter<BIO, BIO_free_all>>;

BioPtr reading(std::string_view text);
std::string written(const BioPtr& bio);  // what was written to a memory BIO

// Never asks anybody for a passphrase. An unencrypted key is read whether or not one is given.
Result<KeyPtr> key_from_pem(std::string_view pem, const std::string& name,
                            const std::string& passphrase = {});
// A new key; RSA keys have 2048 bits. Of a kind that this platform signs with. Error: internal.
Result<KeyPtr> make_key(KeyKind kind);
// PKCS #8; with a passphrase encrypted by PBES2, scrypt and AES-256-CBC.
Result<std::string> key_to_pem(EVP_PKEY* key, const std::string& passphrase = {});
bool is_encrypted_key(std::string_view pem);
Result<KeyPtr> public_half(const EVP_PKEY* key);  // a copy
Result<std::vector<X509Ptr>> certificates_from_pem(std::string_view pem,
                                                   const std::string& name);  // at least one
std::string certificate_to_pem(X509* certificate);
Bytes to_der(const X509* certificate);

// OpenSSL's reason for the last failure, and forgets it. For errors that only a defect or a lack of memory
// can cause.
Error openssl_error(std::string_view what);

}  // namespace hutong::security
