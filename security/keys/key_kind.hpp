// The kinds of key this platform knows, and whether a key is one of them and strong enough to be believed.
//
// RFC 8017 (RSA), RFC 5480 section 2.1.1 (named curves only), RFC 8410 (Ed25519), GM/T 0009 (SM2). Pure, safe
// from any thread.
#pragma once

#include <string_view>

#include "base/result.hpp"

struct evp_pkey_st;

namespace hutong::security {

enum class KeyKind { rsa, p256, p384, p521, ed25519, sm2 };
std::string_view to_string(KeyKind kind);

// The kind of a public or private key. Error: refused, with what is wrong with the key, to be put after
// whose it is: "the RSA key has 1024 bits; 2048 to 8192 are allowed".
Result<KeyKind> kind_of(const evp_pkey_st* key);

}  // namespace hutong::security
