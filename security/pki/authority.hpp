// The platform's certification authority: a root and an issuing CA with keys in HOME/pki.
//
// RFC 5280 profiles, RFC 2986 requests. Blocking, not thread-safe: one officer command at a time. It keeps no
// register; what was issued is recorded by pki/register.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/home.hpp"
#include "base/result.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

// The document profiles are for keys that applications use through the security service: what such a key
// signs is good for documents and for nothing else (docs/decisions/0016).
enum class Profile {
    agency_signing,
    tls_server,
    gateway_signing,
    gateway_encryption,
    document_signing,
    document_encryption
};

struct Issued {
    std::string serial;      // hex, lower case
    std::string thumbprint;  // SHA-256, hex
    std::string subject;     // RFC 4514
    TimePoint not_before;
    TimePoint not_after;
    std::string pem;  // the certificate and its issuing CA
    Bytes der;        // the certificate alone
};

struct RevokedEntry {
    std::string serial;
    TimePoint when;
    std::string reason;  // RFC 5280 section 5.3.1 names: keyCompromise, superseded, …
};

struct AuthorityOptions {
    std::string platform_name{"Hutong"};
    std::string public_url;  // CRL pointers and TLS names come from it
};

class Authority {
  public:
    static Result<void> found(const Home& home,
                              const AuthorityOptions& options);  // root (P-256) and issuing CA
    static bool exists(const Home& home);
    static Result<std::unique_ptr<Authority>> open(const Home& home);
    virtual ~Authority() = default;

    // Checks the request's own signature (proof of possession) and key strength. `names`: DNS names or IP
    // addresses for tls_server. The subject is ours to set: CN=`common_name`, O=`organisation`.
    virtual Result<Issued> issue(std::string_view csr_pem, Profile profile, const std::string& common_name,
                                 const std::string& organisation, const std::vector<std::string>& names,
                                 std::chrono::hours lifetime) = 0;
    virtual Result<Bytes> make_crl(const std::vector<RevokedEntry>& revoked,
                                   std::uint64_t number) = 0;  // DER
    virtual const Bytes& root() const = 0;                     // DER
    virtual const Bytes& issuing() const = 0;                  // DER
    virtual std::string issuing_name() const = 0;              // {ca} in /pki/crl/{ca}.crl
};

// A key pair in HOME/keys (NAME.key, 0600) and its request; the chain goes beside it (NAME.pem). Both are on
// disk, whole, when the functions return. `name`: tls, sign-rsa, sign-p256, encrypt-rsa.
Result<std::string> make_key_and_csr(const Home& home, const std::string& name, KeyKind kind);
Result<void> store_chain(const Home& home, const std::string& name, const std::string& pem);

}  // namespace hutong::security
