// Makes certificate revocation lists (RFC 5280 section 5).
#pragma once

#include <vector>

#include "security/keys/pem.hpp"
#include "security/pki/authority.hpp"

namespace hutong::security {

inline constexpr std::chrono::hours usual_crl_life{24 * 7};

// A full v2 CRL, in DER. Errors: invalid (a serial or a reason), internal.
Result<Bytes> build_crl(X509* issuer, const SigningKey& key, const std::vector<RevokedEntry>& revoked,
                        std::uint64_t number, TimePoint now, std::chrono::hours life = usual_crl_life);

// RFC 5280 section 5.3.1, without those that say something may be valid again: a revocation here is for ever.
// Error: invalid, naming the reasons there are.
Result<long> revocation_code(const std::string& reason);
// The other way; a code that is none of those is "unspecified".
std::string revocation_reason(long code);

}  // namespace hutong::security
