// The register of issued certificates, their CRLs and OCSP answers in PostgreSQL.
//
// Every change is one transaction that writes the history and raises the platform's generation
// (registry/store reads it), so that each node hears of it within a second. Thread-safe as far as the pool
// is; what takes an Authorities runs where that may be used.
#pragma once

#include <functional>
#include <optional>

#include "base/pg/pool.hpp"
#include "security/pki/authorities.hpp"
#include "security/pki/history.hpp"
#include "security/pki/root_list.hpp"

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
    std::string ca;
    std::string renews;             // serial of the one it takes the place of
    std::optional<TimePoint> ends;  // when it is revoked as superseded
};

// What the register is told with a new certificate.
struct Registration {
    std::string profile;
    std::string consumer;                    // empty: a platform certificate
    std::string actor;                       // for the history
    std::string renews{};                    // serial; empty: nothing
    std::optional<TimePoint> overlap_end{};  // of the renewed one; nothing: its own end
    std::string request{};                   // id of the request it answers; empty: none
    // What else is written, all of it or nothing: whose it is from now on.
    std::function<Awaitable<Result<void>>(pg::Session&)> also{};
    // Where its key is at hand, the first OCSP answer is written along, so that every node can give it at
    // once; otherwise sign_answers_ahead brings it.
    std::shared_ptr<const Authority> issuer{};
};

class CertificateRegister {
  public:
    explicit CertificateRegister(pg::Pool& pool) : pool_(pool) {}

    // Errors: conflict (known already, or its request was decided meanwhile), not_found and refused (what it
    // renews, or its key).
    Awaitable<Result<void>> add(Issued issued, Registration registration);
    Awaitable<Result<std::vector<RegisteredCertificate>>> list();
    Awaitable<Result<RegisteredCertificate>> find(std::string serial);
    // `key`: as in certified_keys.hpp, and these too; to be asked before a request is taken in or certified.
    Awaitable<Result<void>> check_key(std::string key);
    Awaitable<Result<std::string>> with_key(std::string key);
    // Records the revocation and stores the CRL of its CA with all that is revoked, and the OCSP answer that
    // says so, in one transaction.
    Awaitable<Result<void>> revoke(std::string serial, std::string reason, std::string actor,
                                   const Authorities& authorities);
    // Revokes what was renewed and whose overlap is over; returns how many.
    Awaitable<Result<unsigned>> revoke_superseded(const Authorities& authorities);
    Awaitable<Result<void>> renew_crl(std::shared_ptr<const Authority> authority);

    RootList root_list() { return RootList(pool_); }

    // What OCSP says: good, revoked, or unknown for a serial number that the CA never gave.
    Awaitable<Result<OcspStatus>> status_of(std::string serial, std::string ca);
    struct StoredAnswer {
        Bytes der;
        TimePoint next_update;
    };
    Awaitable<Result<std::optional<StoredAnswer>>> stored_answer(std::string serial);
    // Signs ahead what is missing or has lived half its time; returns how many, at most a few hundred.
    Awaitable<Result<unsigned>> sign_answers_ahead(const Authorities& authorities);

    // Certificates that reach the next step (60, 30, 7 days before their end), each step once on all nodes
    // together.
    struct Expiring {
        std::string serial;
        std::string subject;
        TimePoint not_after;
        int days;
    };
    Awaitable<Result<std::vector<Expiring>>> take_expiry_warnings();
    Awaitable<Result<std::vector<Expiring>>> expiring();  // within 60 days, and not renewed

    Awaitable<Result<std::vector<HistoryEntry>>> history(std::string about);  // as in history.hpp
    Awaitable<Result<void>> authority_changed(std::string name, std::string action, std::string actor);

  private:
    pg::Pool& pool_;
};

// As officers copy serial numbers and thumbprints from other programs: capitals and colons.
std::string plain_hex(std::string_view text);

}  // namespace hutong::security
