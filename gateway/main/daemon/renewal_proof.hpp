// What a node signs when it asks for its next certificates, and whether who signed may ask for that node.
//
// The database cannot say so: whoever can write to it could ask for any node. Pure, but for the key.
#pragma once

#include "registry/store/node_renewals.hpp"
#include "security/keys/signing_key.hpp"
#include "security/pki/authorities.hpp"

namespace hutong::daemon {

std::string renewal_text(const registry::RenewalRequest& request);

// Fills in signature and signer. May wait for a token. Error: of the key.
Result<void> sign_renewal(registry::RenewalRequest& request, const security::SigningKey& key);
// Fills in possession, for TLS. `key`: the one that is there.
Result<void> show_possession(registry::RenewalRequest& request, const security::SigningKey& key);

// The signer must be named as this node, be certified by a CA of this platform that is not revoked, and not
// have ended. Whether its certificate was revoked is in the register. Errors: refused, invalid (the CSR).
Result<void> check_renewal(const registry::RenewalRequest& request, const security::Authorities& authorities,
                           TimePoint now);

// Whether the request shows the key of the certificate (DER) for TLS that it renews, and the host of its URL
// is a name of that: neither a URL that was changed in the database nor another node's certificate brings
// anything. Error: refused.
Result<void> check_same_host(const registry::RenewalRequest& request, ByteView renewed,
                             const security::Authorities& authorities);

}  // namespace hutong::daemon
