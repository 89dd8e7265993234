// The keys that applications may use through the security service, as this node can use them.
//
// Immutable once made and shared between threads; made anew with every catalogue, of which it takes over what
// has not changed. A key that this node cannot open stays in it and says why.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/home.hpp"
#include "registry/model/entities.hpp"
#include "security/keys/signing_key.hpp"
#include "security/xmlenc/decryption_key.hpp"

namespace hutong::gateway {

struct UsableKey {
    registry::ServiceKey key;
    std::string thumbprint;                                     // of its certificate
    std::shared_ptr<const security::SigningKey> signing;        // of purpose sign
    std::shared_ptr<const security::DecryptionKey> decryption;  // of purpose decrypt
    std::string problem;                                        // why neither is there
};

class ServiceKeys {
  public:
    // `previous` lends the keys it has opened; may be null.
    static std::shared_ptr<const ServiceKeys> load(const Home& home, const security::KeyProviders& providers,
                                                   const std::vector<registry::ServiceKey>& keys,
                                                   const ServiceKeys* previous);

    // nullptr: there is none of that name, or it is not granted to the organisation. Callers must not be able
    // to tell which.
    const UsableKey* find(const std::string& name, const std::string& org) const;
    const UsableKey* by_certificate(const std::string& thumbprint) const;  // nullptr: none

  private:
    std::map<std::string, UsableKey> keys_;
};

}  // namespace hutong::gateway
