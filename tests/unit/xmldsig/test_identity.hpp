// Keys, certificates and CRLs made on the spot for tests, by OpenSSL directly and not by the platform's own
// PKI code.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/clock.hpp"
#include "security/keys/signing_key.hpp"
#include "security/keys/sm2.hpp"

namespace hutong::test {

// The moment at which every test message is made and judged.
TimePoint test_time();

struct CertificateRecipe {
    std::string name{"agency"};   // CN
    std::string key{"EC:P-256"};  // RSA:2048, EC:P-224, ED25519:, SM2: …
    std::string digest{"SHA256"};
    std::chrono::hours begins{-24};  // from test_time()
    std::chrono::hours ends{24 * 365};
    std::string id{security::sm2_default_id};         // by which an SM2 key signs messages and CRLs
    std::string signer_id{security::sm2_default_id};  // by which its SM2 issuer signed the certificate
    std::map<std::string, std::string> extensions{};  // OpenSSL's names and syntax
};
CertificateRecipe ca_recipe(const std::string& name);
CertificateRecipe signer_recipe(const std::string& name, const std::string& key = "EC:P-256");

// A key and the certificate that a CA (or the key itself) gave it.
class Identity final : public security::SigningKey {
  public:
    // `issuer` nullptr: self-signed.
    Identity(const CertificateRecipe& recipe, const Identity* issuer = nullptr);

    security::KeyKind kind() const override;
    const std::vector<Bytes>& certificates() const override { return chain_; }
    Result<Bytes> sign(ByteView data) const override;

    const Bytes& der() const { return chain_.front(); }
    std::string certificate_pem() const;
    std::string key_pem() const;
    std::string thumbprint() const { return to_hex(sha256(ByteView(der()))); }
    X509* certificate() const { return certificate_.get(); }
    EVP_PKEY* key() const { return key_.get(); }

    Bytes make_crl(const std::vector<const Identity*>& revoked,
                   std::chrono::minutes begins = std::chrono::hours(-1),
                   std::chrono::minutes ends = std::chrono::hours(24),
                   std::optional<std::chrono::minutes> revoked_at = {},  // empty: when it begins
                   const std::string& digest = "SHA256") const;

  private:
    std::shared_ptr<EVP_PKEY> key_;
    std::shared_ptr<X509> certificate_;
    std::string id_;
    std::vector<Bytes> chain_;
};

}  // namespace hutong::test
