// Reads a certification request (PKCS #10, RFC 2986) and takes nothing from it but the key.
#pragma once

#include <string_view>

#include "security/keys/pem.hpp"

namespace hutong::security {

// The public key of a request whose own signature verifies, if the key is of a kind that keys/key_kind
// knows. Errors: invalid, refused (the key).
Result<KeyPtr> key_of_request(std::string_view csr_pem);

}  // namespace hutong::security
