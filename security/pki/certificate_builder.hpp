// Puts an X.509 v3 certificate together field by field (RFC 5280 section 4) and signs it.
//
// Used once per certificate by one thread. A step that OpenSSL refuses is remembered; sign() reports it.
#pragma once

#include <string>
#include <vector>

#include "security/keys/pem.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

struct DistinguishedName {
    std::string common_name;
    std::string organisation;
};

class CertificateBuilder {
  public:
    CertificateBuilder();  // version 3, a random 128-bit serial number

    // Error: invalid, when a name is empty, too long for X.520 or holds control characters.
    Result<void> subject(const DistinguishedName& name);
    void validity(TimePoint from, TimePoint to);
    void public_key(EVP_PKEY* key);
    // Null: self-signed. To be called after subject() and public_key(), and before what follows.
    void issuer(X509* issuer);

    void authority(int path_length);  // basicConstraints CA, keyCertSign + cRLSign
    void end_entity(const char* key_usage,
                    const char* extended_key_usage = nullptr);  // names as in x509v3_config(5)
    void crl_at(const std::string& url);
    // Where to get the issuer's certificate and, when not empty, where to ask by OCSP.
    void information_at(const std::string& issuer_url, const std::string& ocsp_url);
    void not_to_be_checked();  // id-pkix-ocsp-nocheck
    // DNS names and IP addresses. Error: invalid, naming the one that is neither.
    Result<void> alternative_names(const std::vector<std::string>& names);

    Result<X509Ptr> sign(const SigningKey& issuer_key) &&;

  private:
    void check(int outcome) { sound_ = sound_ && outcome > 0; }
    void fixed_extension(int nid, const char* value);  // only texts from this program, never from outside

    X509Ptr certificate_;
    X509* issuer_{nullptr};
    bool sound_{true};
};

bool set_time(ASN1_TIME* field, TimePoint time);

}  // namespace hutong::security
