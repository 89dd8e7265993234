// The public key of a certificate, if it is of a kind that keys/key_kind knows, ready to verify signatures.
//
// RFC 5280 section 4.1.2.7. A handle: copies share the key and what was made ready for it, so that a key that
// is kept saves the preparation. Immutable to its users, safe from any thread.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "security/xmldsig/ready_key.hpp"

struct evp_pkey_st;

namespace hutong::security {

class PublicKey {
  public:
    // Error: refused, saying what is wrong with the certificate's encoding or its key.
    static Result<PublicKey> of_certificate(ByteView der, Sm2Form form = {});

    KeyKind kind() const;
    std::size_t signature_bytes() const;  // the most that a ds:SignatureValue made with it has
    evp_pkey_st* raw() const;
    const Sm2Form& form() const;  // counts for SM2 only

    // `algorithm`: a row of the table that goes with kind(). nullptr: OpenSSL does not have it.
    const ReadyKey* ready_for(const SignatureAlgorithm& algorithm) const;

  private:
    struct State;
    explicit PublicKey(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

}  // namespace hutong::security
