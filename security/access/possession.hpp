// Whether an officer holds the key of the certificate that is to speak for him: he signs a statement with it
// that names both.
//
// A signature over SHA-256 (RSA PKCS #1 v1.5, ECDSA in DER; Ed25519 over the text itself), as
// `openssl dgst -sha256 -sign` makes it. A request for a certificate would not do: its sender has given it
// away. Pure, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace hutong::security {

// `thumbprint`: SHA-256 of the certificate, hex.
std::string certificate_statement(std::string_view officer, std::string_view thumbprint);

// Error: refused, when the certificate's key did not sign the statement, or is too weak.
Result<void> check_possession(ByteView certificate, std::string_view statement, ByteView signature);

// By a private key in PEM; `name` is its file's. Errors: invalid (no such key), refused (too weak).
Result<Bytes> prove_possession(std::string_view key_pem, const std::string& name, std::string_view statement);

}  // namespace hutong::security
