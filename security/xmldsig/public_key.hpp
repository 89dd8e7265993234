// The public key of a certificate, refused when it is weak: RSA 2048 to 8192 bits, or P-256 by its name.
//
// RFC 5280 section 4.1.2.7, RFC 5480 (named curves only). Immutable, safe from any thread.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/keys/signing_key.hpp"

struct evp_pkey_st;

namespace hutong::security {

class PublicKey {
  public:
    // Error: refused, saying what is wrong with the certificate's encoding or its key.
    static Result<PublicKey> of_certificate(ByteView der);

    KeyKind kind() const { return kind_; }
    std::size_t signature_bytes() const { return signature_bytes_; }  // of an XML Signature made with it
    evp_pkey_st* raw() const { return key_.get(); }

  private:
    std::shared_ptr<evp_pkey_st> key_;
    KeyKind kind_{KeyKind::p256};
    std::size_t signature_bytes_{0};
};

}  // namespace hutong::security
