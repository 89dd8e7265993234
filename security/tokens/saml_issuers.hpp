// The issuers whose SAML assertions are believed, with their keys, and whom an assertion must be meant for.
//
// SAML 2.0 Core section 2.2.5 (Issuer), section 2.5.1.4 (AudienceRestriction). Immutable once made, safe from
// any thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "security/xmldsig/public_key.hpp"

namespace hutong::security {

class SamlIssuers {
  public:
    using Files = std::map<std::string, std::vector<std::string>>;  // entity id → PEM files

    SamlIssuers() = default;
    // Relative file names are below `folder`. Errors: invalid, naming the issuer and the file; an issuer
    // without a certificate, or one with a key that is refused, is invalid.
    static Result<SamlIssuers> load(const Files& files, const std::filesystem::path& folder,
                                    std::string audience);
    // For tests and tools: from DER.
    Result<void> add(const std::string& entity, ByteView certificate);
    void set_audience(std::string audience) { audience_ = std::move(audience); }

    // The keys of this issuer that may be used now; empty when it is not trusted.
    std::vector<PublicKey> keys_of(const std::string& entity, TimePoint now) const;
    const std::string& audience() const { return audience_; }

  private:
    struct Key {
        PublicKey key;
        TimePoint from, to;  // of its certificate
    };
    std::map<std::string, std::vector<Key>> issuers_;
    std::string audience_;
};

}  // namespace hutong::security
