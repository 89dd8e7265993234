// One issuing CA: it certifies keys, makes its CRL and lets a delegate answer for it by OCSP.
//
// RFC 5280 profiles, RFC 2986 requests, RFC 6960. Immutable and thread-safe as its key is; issuing blocks for
// as long as the key takes to sign. It keeps no register; what was issued is recorded by pki/register.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/home.hpp"
#include "base/result.hpp"
#include "security/keys/key_providers.hpp"
#include "security/keys/pem.hpp"
#include "security/keys/signing_key.hpp"
#include "security/pki/certificate_builder.hpp"
#include "security/pki/ocsp.hpp"
#include "security/pki/profiles.hpp"

namespace hutong::security {

struct Issued {
    std::string serial;      // hex, lower case
    std::string thumbprint;  // SHA-256, hex
    std::string subject;     // RFC 4514
    TimePoint not_before;
    TimePoint not_after;
    std::string pem;  // the certificate and its issuing CA
    Bytes der;        // the certificate alone
    std::string ca;   // Authority::issuing_name()
};

struct RevokedEntry {
    std::string serial;
    TimePoint when;
    std::string reason;  // RFC 5280 section 5.3.1 names: keyCompromise, superseded, …
};

struct OcspAnswer {
    Bytes der;
    TimePoint next_update;
};

class Authority {
  public:
    // `key`: of `certificate`. `root`: above it. `delegate`: who signs OCSP answers; null: `key` itself.
    Authority(std::string name, std::shared_ptr<const SigningKey> key, X509Ptr certificate, X509Ptr root,
              std::string public_url, bool retired, std::shared_ptr<const SigningKey> delegate);

    // Checks the request's own signature (proof of possession) and key strength. `names`: DNS names or IP
    // addresses where the profile has them. The subject is ours to set: CN=`common_name`, O=`organisation`.
    // Error: refused, when this CA is retired.
    Result<Issued> issue(std::string_view csr_pem, Profile profile, const std::string& common_name,
                         const std::string& organisation, const std::vector<std::string>& names,
                         std::chrono::hours lifetime) const;
    Result<Bytes> make_crl(const std::vector<RevokedEntry>& revoked,
                           std::uint64_t number) const;  // DER
    // What to say by OCSP about one of this CA's certificates. `id`: as it was asked about; empty: by every
    // digest, to be kept for whoever asks. `nonce`: empty, or for this one question.
    Result<OcspAnswer> answer(const std::string& serial, ByteView id, const OcspStatus& status,
                              ByteView nonce) const;
    const Bytes& root() const { return root_der_; }
    const Bytes& issuing() const { return issuing_der_; }
    X509* certificate() const { return certificate_.get(); }
    const std::string& issuing_name() const { return name_; }  // {ca} in /pki/crl/{ca}.crl
    KeyKind kind() const { return key_->kind(); }
    bool retired() const { return retired_; }  // it issues no more, but still says what is revoked

  private:
    Result<void> choose_validity(std::chrono::hours lifetime, Issued& issued) const;

    const std::string name_;
    const std::shared_ptr<const SigningKey> key_;
    const X509Ptr certificate_;
    const X509Ptr root_;
    const std::string public_url_;
    const bool retired_;
    const std::shared_ptr<const SigningKey> delegate_;
    const Bytes root_der_;
    const Bytes issuing_der_;
};

// A certificate for a CA's key, by the key of the CA above it; `above` null: self-signed.
Result<X509Ptr> certify_authority(const DistinguishedName& name, EVP_PKEY* key, std::chrono::hours lifetime,
                                  int path_length, X509* above, const SigningKey& signer,
                                  const std::string& ca_url);

// A request (PKCS #10, PEM) for the key, named for people only: the CA sets the subject.
Result<std::string> make_request(EVP_PKEY* key, const std::string& name);
Result<std::string> make_request(PrivateKeyPtr key, const std::string& name);

// A key pair in HOME/keys (NAME.key, 0600) and its request; the chain goes beside it (NAME.pem). Both are on
// disk, whole, when the functions return. `name`: tls, sign-rsa, sign-p256, encrypt-rsa.
Result<std::string> make_key_and_csr(const Home& home, const std::string& name, KeyKind kind);
// Likewise for a key that lies at `uri` (empty: in the file), of which NAME.key then says so. Errors: also of
// the provider; refused, when a key to decrypt with cannot do so as this platform's callers encrypt.
Result<std::string> make_key_and_csr(const Home& home, const std::string& name, KeyKind kind, KeyUse use,
                                     const KeyProviders& providers, const std::string& uri);
Result<void> store_chain(const Home& home, const std::string& name, const std::string& pem);

}  // namespace hutong::security
