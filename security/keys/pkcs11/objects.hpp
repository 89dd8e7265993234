// The key pairs on a token: found by label and id, made, and their public halves read.
//
// PKCS #11 v2.40 sections 4.8 and 4.9, 2.1 (RSA) and 2.3 (elliptic curves) of the mechanisms. Pure functions
// of a session. A failure is the token's own answer; the caller tells what was lost by it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "security/keys/key_provider.hpp"
#include "security/keys/pem.hpp"
#include "security/keys/pkcs11/token.hpp"

namespace hutong::security::pkcs11 {

struct KeyPair {
    CK_OBJECT_HANDLE private_key;
    KeyPtr public_key;  // null: the token does not show it
};

// All private keys with these attributes ("object", "id") of a pkcs11 URI. Errors: of Token::failed().
Result<std::vector<KeyPair>> find_pairs(Token& token, const Token::Session& session,
                                        const std::map<std::string, std::string>& attributes);

// Made on the token: sensitive, not to be extracted, for this use only. `session` is for writing. Errors:
// also refused, when the token made it otherwise or has no such kind of key.
Result<KeyPair> make_pair(Token& token, const Token::Session& session, const std::string& label,
                          const std::string& id, KeyKind kind, KeyUse use);

}  // namespace hutong::security::pkcs11
