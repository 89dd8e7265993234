// What each trust domain has agreed: about SM2 where no standard says it (names of algorithms, forms, ids),
// and what its older stacks are allowed.
//
// A domain is a set of CAs, known by their names; whose certificate one of them issued belongs to it. A name
// proves nothing, but one who claims another domain's wins nothing either: his certificate must still verify
// with that domain's id and lead to a trusted CA. Immutable, safe from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <openssl/x509.h>

#include "base/bytes.hpp"
#include "base/config/config.hpp"
#include "base/result.hpp"
#include "security/keys/sm2.hpp"

namespace hutong::security {

class TrustDomains {
  public:
    using Domain = config::TrustDomain;

    TrustDomains() = default;  // every CA is of the one unnamed domain, which has no names of its own
    explicit TrustDomains(const std::map<std::string, Domain>& domains);

    // That of the CA with this name.
    const Domain& of_issuer(const X509_NAME* issuer) const;
    // By which the CA with this certificate (DER) signs what it issues.
    Result<std::string> id_of_authority(ByteView der) const;
    // That of the holder of a certificate (DER). Error: refused, when it is none.
    Result<const Domain*> of_certificate(ByteView der) const;
    // Whether any domain may use the key transports with SHA-1; of a sender only its own domain counts.
    bool any_allows_oaep_sha1() const { return any_allows_oaep_sha1_; }

  private:
    std::map<std::string, Domain> by_issuer_;  // RFC 4514 text
    Domain others_;
    bool any_allows_oaep_sha1_{false};
};

// For callers without a configuration.
const TrustDomains& default_trust_domains();

}  // namespace hutong::security
