// A key made ready for one row of the algorithm table, to sign or to verify any number of times.
//
// OpenSSL's context is set up once, with every algorithm fetched, and each call works on a copy of it:
// fetching anew would add up to as much as an RSA verification itself costs. Immutable, safe from any thread.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/keys/sm2.hpp"
#include "security/xmldsig/algorithms.hpp"

struct evp_md_ctx_st;
struct evp_pkey_ctx_st;
struct evp_pkey_st;

namespace hutong::security {

class ReadyKey {
  public:
    // Keeps a share of `key`. `sm2_id` counts for SM2 only. Error: internal, when OpenSSL does not have the
    // algorithm for this key.
    static Result<ReadyKey> to_verify(const SignatureAlgorithm& algorithm, evp_pkey_st* key,
                                      std::string_view sm2_id = sm2_default_id);
    static Result<ReadyKey> to_sign(const SignatureAlgorithm& algorithm, evp_pkey_st* key,
                                    std::string_view sm2_id = sm2_default_id);

    // `value`: the octets of a ds:SignatureValue, of any length.
    bool verify(ByteView data, ByteView value) const;
    Result<Bytes> sign(ByteView data) const;

  private:
    struct Deleter {
        void operator()(evp_md_ctx_st* context) const;
        void operator()(evp_pkey_ctx_st* context) const;
    };
    using ContextPtr = std::unique_ptr<evp_md_ctx_st, Deleter>;
    using KeyContextPtr = std::unique_ptr<evp_pkey_ctx_st, Deleter>;

    ReadyKey(ContextPtr context, KeyContextPtr numbers, std::size_t number_bytes)
        : context_(std::move(context)), numbers_(std::move(numbers)), number_bytes_(number_bytes) {}
    static Result<ReadyKey> make(const SignatureAlgorithm& algorithm, evp_pkey_st* key, bool to_sign);
    static Result<ReadyKey> make_sm2(const SignatureAlgorithm& algorithm, evp_pkey_st* key, bool to_sign,
                                     std::string_view id);
    ContextPtr copy() const;
    bool verify_digest(evp_md_ctx_st* context, ByteView data, ByteView der) const;
    static Result<Bytes> sign_text(evp_md_ctx_st* context, ByteView data);
    Result<Bytes> sign_digest(evp_md_ctx_st* context, ByteView data) const;

    ContextPtr context_;        // ready, and only ever copied
    KeyContextPtr numbers_;     // likewise; SM2's, where context_ is but the digest; null: another scheme
    std::size_t number_bytes_;  // of r and of s; 0: the value is not such a pair
};

}  // namespace hutong::security
