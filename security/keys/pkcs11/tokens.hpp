// Keys on PKCS #11 tokens: smart cards, hardware security modules, SoftHSM2.
//
// A key is looked for when it is first used and whenever the token was away; only one whose public key is the
// certificate's is used, and no signature leaves here that does not verify by it. RSA signs by PKCS #1 v1.5
// and P-256 by ECDSA, both with SHA-256, digested here; RSA decrypts by OAEP as far as the token can.
#pragma once

#include <memory>

#include "security/keys/key_provider.hpp"

namespace hutong::security::pkcs11 {

std::unique_ptr<KeyProvider> make_tokens(const KeySettings& settings);

}  // namespace hutong::security::pkcs11
