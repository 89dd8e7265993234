// What a trust store knows of revocations: CRLs, OCSP answers, what must be known of foreign issuers, and
// this platform's own register.
//
// RFC 5280 section 6.3, RFC 6960. Filled once; from then on safe from any thread. The domains have to outlive
// it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <openssl/x509_vfy.h>

#include "security/trust/trust_domains.hpp"
#include "security/trust/trust_store.hpp"
#include "security/trust/verdict_cache.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security {

class Revocations {
  public:
    explicit Revocations(const TrustDomains& domains) : domains_(domains) {}
    // Errors: invalid, naming the CRL that could not be read.
    Result<void> fill(const TrustInput& input);

    const std::vector<CrlPtr>& crls() const { return crls_; }
    bool in_own_register(const std::string& thumbprint) const { return own_register_.contains(thumbprint); }
    bool in_own_register(const X509* certificate) const;
    // By the CRLs held, whether they are current or not; nullopt: none has it.
    std::optional<TimePoint> time_of(X509* certificate) const;

    // Whether to go on in spite of the problem that OpenSSL asks about.
    bool overlooks(X509_STORE_CTX* problem, TimePoint as_of, TimePoint now) const;

    // Why no CRL of its issuer can be gone by; empty: it can, or there is none. Narrows `validity` to the
    // time of the CRLs.
    std::string unusable_crl(const X509* certificate, TimePoint now, Validity& validity) const;
    // Why it is not known that certificate `at` of the path was not revoked, where that must be known; empty:
    // it is, or it need not be. Narrows `validity` to the time of the OCSP answer.
    std::string unknown(const STACK_OF(X509) * path, int at, TimePoint now, Validity& validity) const;

  private:
    struct Rules {
        X509Ptr issuer;
        IssuerRules what;
    };

    bool has_crl_of(const X509* certificate) const;
    bool crl_is_good(X509_STORE_CTX* context) const;
    const IssuerRules* rules_of(const X509* issuer) const;
    std::chrono::hours grace_for(const X509_NAME* issuer) const;
    TimePoint end_of(const X509_CRL* crl) const;  // with its grace

    const TrustDomains& domains_;
    std::vector<CrlPtr> crls_;
    std::unordered_set<std::string> own_register_;
    std::vector<Rules> rules_;
    std::unordered_map<std::string, KnownAnswer> answers_;
};

}  // namespace hutong::security
