// The two keys that every message of the differential target is signed with, and their certificates.
//
// The RSA key is also that of the one issuer of assertions. Immutable, safe from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "base/bytes.hpp"

namespace hutong::test {

class FuzzKey {
  public:
    FuzzKey(const char* pem, const char* certificate);
    EVP_PKEY* raw() const { return key_.get(); }
    const std::string& certificate() const { return certificate_; }  // base64
    const Bytes& der() const { return der_; }
    // As a ds:SignatureValue has it.
    Bytes sign(std::string_view text, const EVP_MD* digest) const;

  private:
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
    std::string certificate_;
    Bytes der_;
};

const FuzzKey& p256_key();
const FuzzKey& rsa_key();

}  // namespace hutong::test
