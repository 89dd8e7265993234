// New keys and certificates for a node, in good time before the old ones expire: what happens in its home.
//
// A renewal is prepared beside the keys in use and put in their place in an order that a crash at any point
// can be mended from. Who certifies is not said here (daemon/own_certificates). Blocking; one at a time.
#pragma once

#include <string>
#include <vector>

#include "gateway/main/node_keys.hpp"

namespace hutong::setup {

// From here on doctor warns, and nodes renew.
inline constexpr std::chrono::hours renewal_margin{24 * 30};

struct DueKey {
    const NodeKey* key;
    std::string renews;  // serial number of the certificate that is there; empty: none is
};

struct PreparedKey {
    const NodeKey* key;
    std::string renews;
    std::string csr;  // PEM
};

// Puts the certificate in place whose key already is, after a crash in between; what else was prepared is
// dropped.
Result<void> finish_interrupted_renewal(const Home& home);

// Keys whose certificates expire within the margin after `now` or were issued by one of the `revoked` CAs
// (DER), and with `sm2` also those of the national algorithms that this node does not have; and those that
// the configuration wants elsewhere than they lie. Reads files only.
Result<std::vector<DueKey>> due_keys(const Home& home, const std::vector<Bytes>& revoked, TimePoint now,
                                     bool sm2 = false, const KeyPlaces& places = {});

// Makes their successors beside them, which may wait for a token. Nothing is in use yet.
Result<std::vector<PreparedKey>> prepare_keys(const Home& home, const std::vector<DueKey>& due,
                                              const KeyPlaces& places = {});

// Puts a prepared key in place, with the chain (PEM) that was issued for it: by this node's own CA, or after
// check_granted() (granted.hpp). A key for decryption that it takes the place of is kept as the former one
// (node_keys.hpp). Error: refused, when the chain is not for this key or has ended.
Result<void> install(const Home& home, const PreparedKey& prepared, const std::string& chain, TimePoint now);

}  // namespace hutong::setup
