// The built-in timestamp authority: answers RFC 3161 queries with a key that may lie on a token.
//
// It is self-attested: who runs the gateway runs it too, so it proves that the platform said so at that time,
// and no more. The token (a CMS SignedData, RFC 5652) is composed here, since OpenSSL's own maker wants the
// private key itself. Immutable, safe from any thread.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

// The policy under which its tokens are made (RFC 3161 section 2.4.1): "self-attested by a Hutong platform".
inline constexpr const char* self_attested_policy = "2.25.198285389428208672088644180301580444493";

class TimestampAuthority {
  public:
    // Error: invalid, when the key's certificate may not stamp (extendedKeyUsage timeStamping, critical and
    // alone; RFC 3161 section 2.3), or the key is of a kind that no token can be signed with.
    static Result<TimestampAuthority> make(std::shared_ptr<const SigningKey> key);

    // A TimeStampResp, which may say that the query is refused and why. Error: the key's.
    Result<Bytes> answer(ByteView query, TimePoint now) const;

    const std::vector<Bytes>& certificates() const { return key_->certificates(); }

  private:
    struct Query;
    explicit TimestampAuthority(std::shared_ptr<const SigningKey> key) : key_(std::move(key)) {}
    Result<Bytes> token(const Query& query, TimePoint now) const;

    std::shared_ptr<const SigningKey> key_;
};

// Gives the one to stamp with now, since its key is renewed; null: there is no key for it. Safe on any
// thread.
using NewestTimestamps = std::function<std::shared_ptr<const TimestampAuthority>()>;

}  // namespace hutong::security
