// A key made ready for one row of the algorithm table, to sign or to verify any number of times.
//
// OpenSSL's context is set up once, with every algorithm fetched, and each call works on a copy of it:
// fetching anew would add up to as much as an RSA verification itself costs. Immutable, safe from any thread.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/xmldsig/algorithms.hpp"

struct evp_md_ctx_st;
struct evp_pkey_st;

namespace hutong::security {

class ReadyKey {
  public:
    // Keeps a share of `key`. Error: internal, when OpenSSL does not have the algorithm for this key.
    static Result<ReadyKey> to_verify(const SignatureAlgorithm& algorithm, evp_pkey_st* key);
    static Result<ReadyKey> to_sign(const SignatureAlgorithm& algorithm, evp_pkey_st* key);

    // `value`: the octets of a ds:SignatureValue, of any length.
    bool verify(ByteView data, ByteView value) const;
    Result<Bytes> sign(ByteView data) const;

  private:
    struct ContextDeleter {
        void operator()(evp_md_ctx_st* context) const;
    };
    using ContextPtr = std::unique_ptr<evp_md_ctx_st, ContextDeleter>;

    ReadyKey(ContextPtr context, std::size_t number_bytes)
        : context_(std::move(context)), number_bytes_(number_bytes) {}
    static Result<ReadyKey> make(const SignatureAlgorithm& algorithm, evp_pkey_st* key, bool to_sign);
    ContextPtr copy() const;

    ContextPtr context_;        // ready, and only ever copied
    std::size_t number_bytes_;  // of r and of s; 0: not ECDSA
};

}  // namespace hutong::security
