// The public keys of certificates met lately, since reading a certificate and making its key ready costs more
// than verifying with it.
//
// What is kept is arithmetic, not trust: whether a certificate is believed is asked anew each time. Bounded:
// a full shard is emptied. Thread-safe.
#pragma once

#include "security/xmldsig/public_key.hpp"

namespace hutong::security {

// As PublicKey::of_certificate(), and of the same errors; only good keys are kept.
Result<PublicKey> public_key_of(const Bytes& certificate, const Sm2Form& form = {});

}  // namespace hutong::security
