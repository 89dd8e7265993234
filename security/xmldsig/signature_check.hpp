// Verifies a ds:Signature, whose structure has been checked, with xmlsec1 and a key it is given.
//
// xmlsec1 looks for no key itself, follows no reference out of the document and knows only the transforms of
// our table. Thread-safe for distinct documents.
#pragma once

#include "security/xmldsig/ids.hpp"
#include "security/xmldsig/public_key.hpp"
#include "security/xmldsig/signature_shape.hpp"

namespace hutong::security {

// Every reference's Id (and a token's, for the STR-Transform) must be registered by `ids`. Errors: refused,
// naming the first digest that differs, or the signature; internal, when xmlsec1 cannot be used.
Result<void> check_signature(const SignatureShape& shape, const PublicKey& key);

}  // namespace hutong::security
