// What a certificate allows its key to be used for, whoever issued it.
//
// RFC 5280 sections 4.2.1.3 and 4.2.1.12; GM/T 0015 section 5.2.4 and GM/T 0034 for the pairs of SM2
// certificates, one to sign and one to encrypt for, that outside CAs issue. Pure, safe from any thread.
#pragma once

#include <string>

#include <openssl/x509.h>

#include "security/trust/trust_store.hpp"

namespace hutong::security {

// Empty when it allows this use, else why not.
std::string misuse(X509* certificate, Usage usage);

// Whether a certificate that is to be bound to somebody can be his for this use at all: an end entity's whose
// key may do it and is strong enough, not out of date. One that begins later may be bound before. Error:
// invalid, naming the certificate.
Result<void> check_can_be_bound(ByteView certificate, Usage usage, TimePoint now);

}  // namespace hutong::security
