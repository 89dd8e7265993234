// Whether what the database gives this node as its next certificate is what the node asked for.
//
// The answer is a row, so nothing in it is believed by itself: not who it says to be certified, nor by whom.
// What this node has in HOME/keys decides. Blocking; reads files only.
#pragma once

#include <string>
#include <vector>

#include "gateway/main/setup/key_renewal.hpp"

namespace hutong::setup {

// `chain`: PEM, the certificate and its issuing CA. That CA must be one that certified a key this node has,
// or be certified by the root that is above one of those; `candidates` (DER, from the database) is where that
// root is looked for. The certificate must be for the new key, named as this node is (for TLS: as the
// certificate that is there), and be good for what that key is for, no more and no less. Error: refused.
Result<void> check_granted(const Home& home, const std::string& node, const PreparedKey& prepared,
                           const std::string& chain, const std::vector<Bytes>& candidates);

}  // namespace hutong::setup
