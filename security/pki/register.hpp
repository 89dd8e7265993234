// The register of issued certificates, trusted CAs and CRLs in PostgreSQL.
//
// Every change is one transaction that raises the platform's generation (registry/store reads it), so that
// each node hears of it within a second. Thread-safe as far as the pool is.
#pragma once

#include "base/pg/pool.hpp"
#include "security/pki/authority.hpp"

namespace hutong::security {

struct RegisteredCertificate {
    std::string serial;
    std::string thumbprint;
    std::string subject;
    std::string profile;
    std::string consumer;  // empty: a platform certificate
    TimePoint not_before, not_after;
    std::string status;  // valid | revoked | expired
    std::string reason;
    std::string pem;
};

class CertificateRegister {
  public:
    explicit CertificateRegister(pg::Pool& pool) : pool_(pool) {}

    Awaitable<Result<void>> add(const Issued& issued, const std::string& profile,
                                const std::string& consumer);
    Awaitable<Result<std::vector<RegisteredCertificate>>> list();
    // Records the revocation and stores the CRL that `make_crl` makes of all revoked entries, in one
    // transaction.
    Awaitable<Result<void>> revoke(const std::string& serial, const std::string& reason,
                                   Authority& authority);
    Awaitable<Result<void>> renew_crl(Authority& authority);
    Awaitable<Result<void>> add_trusted_ca(const Bytes& der, const std::string& name, bool own);
    Awaitable<Result<void>> remove_trusted_ca(const std::string& thumbprint);

  private:
    pg::Pool& pool_;
};

}  // namespace hutong::security
