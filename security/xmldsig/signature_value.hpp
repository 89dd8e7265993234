// Whether a key made the octets of a ds:SignatureValue, by one row of the algorithm table.
//
// XML Signature 1.1 section 4.3 and 6.4, RFC 9231. This is all the public-key cryptography there is for
// signatures: the one-pass reader calls it directly, xmlsec1 through xmlsec_signature for the rows it lacks.
// Pure, safe from any thread.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "security/xmldsig/public_key.hpp"

namespace hutong::security {

// What can be said before any cryptography: the algorithm goes with the key, and a signature of this key may
// have so many bytes. Error: refused.
Result<void> check_value_size(const SignatureAlgorithm& algorithm, const PublicKey& key,
                              std::size_t value_bytes);

// `text`: the canonical ds:SignedInfo. Errors: refused; internal, when OpenSSL cannot use the algorithm.
Result<void> verify_value(const SignatureAlgorithm& algorithm, const PublicKey& key, ByteView text,
                          ByteView value);

// What of a verified signature value (base64) nobody but its signer could have made otherwise, for telling
// replays. Of an ECDSA value that is the number r: with any (r, s), (r, n - s) verifies too, and zeros at the
// front may be there or not.
std::string lasting_part(std::string_view algorithm_uri, const std::string& value);

}  // namespace hutong::security
