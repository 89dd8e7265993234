// A private key in its provider: it is asked to sign and to decrypt, and never given out.
//
// Implementations are immutable to their users and safe from any thread. Errors: unavailable, when the
// provider is away for now; refused, when it has another key in this one's place or will not do what is
// asked.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/keys/key_kind.hpp"
#include "security/keys/oaep.hpp"
#include "security/keys/sm2.hpp"

struct evp_pkey_st;

namespace hutong::security {

class PrivateKey {
  public:
    virtual ~PrivateKey() = default;
    virtual KeyKind kind() const = 0;
    virtual evp_pkey_st* public_key() const = 0;  // without its private half
    // Whether the calls below may wait for something outside this process.
    virtual bool may_block() const = 0;
    // Why it cannot be used now, as far as is known without asking; empty: nothing is known.
    virtual std::string trouble() const = 0;
    // The octets of a ds:SignatureValue by the kind's default_signature_algorithm() (xmldsig/algorithms).
    virtual Result<Bytes> sign(ByteView data) const = 0;
    // The same by another SM2 id than the default one (GB/T 32918.2 section 5.5). Error: invalid, when it is
    // no SM2 key, or its provider signs by the default id only.
    virtual Result<Bytes> sign_as(std::string_view sm2_id, ByteView data) const {
        return by_default_id(*this, sm2_id, data);
    }
    // Error: also refused, when `wrapped` does not open.
    virtual Result<Bytes> decrypt(const Oaep& oaep, ByteView wrapped) const = 0;

    // For keys that know no other id.
    template <class Key>
    static Result<Bytes> by_default_id(const Key& key, std::string_view sm2_id, ByteView data) {
        if (key.kind() == KeyKind::sm2 && sm2_id == sm2_default_id) return key.sign(data);
        return invalid("this key cannot sign by the SM2 id \"" + std::string(sm2_id) + "\"");
    }
};

using PrivateKeyPtr = std::shared_ptr<const PrivateKey>;

// Of a key in memory, of any kind. Takes a share of `key`. Error: refused, when it is too weak.
Result<PrivateKeyPtr> make_private_key(evp_pkey_st* key);

}  // namespace hutong::security
