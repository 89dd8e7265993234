// New keys and certificates for the node that has the CA, in good time before the old ones expire.
//
// A renewal is prepared beside the keys in use and put in their place in an order that a crash at any point
// can be mended from. Blocking; at start-up, before the keys are loaded.
#pragma once

#include <vector>

#include "gateway/main/node_keys.hpp"
#include "security/pki/authorities.hpp"

namespace hutong::setup {

// From here on doctor warns, and a start renews.
inline constexpr std::chrono::hours renewal_margin{24 * 30};

struct PreparedKey {
    const NodeKey* key;
    security::Issued issued;
};

// Puts the certificate in place whose key already is, after a crash in between.
Result<void> finish_interrupted_renewal(const Home& home);

// Makes keys and certificates for those that expire within the margin after `now` or whose CA was revoked,
// and with `sm2` also for those of the national algorithms that this node does not have; and for those that
// the configuration wants elsewhere than they lie. Nothing is in use yet.
Result<std::vector<PreparedKey>> prepare_renewals(const Home& home, const security::Authorities& authorities,
                                                  const std::string& node, const std::string& public_url,
                                                  TimePoint now, bool sm2 = false,
                                                  const KeyPlaces& places = {});
Result<void> install(const Home& home, const PreparedKey& prepared);

}  // namespace hutong::setup
