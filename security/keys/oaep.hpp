// Opens what was encrypted for a key in memory: by RSA-OAEP, or as SM2 does.
//
// RFC 8017 section 7.1, GB/T 32918.4. Pure functions, safe from any thread.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"

struct evp_pkey_st;
struct evp_pkey_ctx_st;

namespace hutong::security {

// OpenSSL's names of the digest and of that of MGF1; the label is empty. Of no meaning to SM2.
struct Oaep {
    const char* digest{"SHA256"};
    const char* mask{"SHA256"};
};

bool set_oaep(evp_pkey_ctx_st* context, const Oaep& oaep);

// `key`: RSA or SM2. Error: refused, the same for whatever is wrong with `wrapped`.
Result<Bytes> decrypt_with(evp_pkey_st* key, const Oaep& oaep, ByteView wrapped);

}  // namespace hutong::security
