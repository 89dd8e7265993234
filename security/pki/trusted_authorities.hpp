// The CAs that are believed, our own and others', and what was fetched about the others' revocations.
//
// In PostgreSQL, so that what one node fetched serves all. A fetch is claimed by moving its `next_try`: of
// several nodes one gets it, and one that dies in the middle only delays it. Each change that gateways decide
// by is one transaction that raises the generation, but for answers (announce()). Thread-safe as far as the
// pool is.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/pg/pool.hpp"
#include "security/pki/register.hpp"
#include "security/trust/foreign_status.hpp"
#include "security/trust/trust_domains.hpp"

namespace hutong::security {

// Where a CA publishes its revocations: given by an officer, never taken from a certificate.
struct RevocationSources {
    std::string crl_url;          // empty: none
    std::string ocsp_url;         // empty: none
    std::chrono::hours grace{0};  // how long what was fetched counts beyond its own end
    std::string none_because{};   // why nobody can know of revocations, where there is no address

    bool any() const { return !crl_url.empty() || !ocsp_url.empty(); }
};

struct TrustedAuthority {
    std::string thumbprint;
    std::string name;
    bool own{false};
    std::optional<TimePoint> not_after;
    RevocationSources sources;
    // Of its CRL: nothing where none is held.
    std::optional<TimePoint> crl_until;
    std::string crl_trouble;  // why the last try failed
    // Of the certificates bound to consumers that it issued.
    unsigned answers{0}, answers_missing{0};  // missing: never had, or over beyond the grace
    std::string answer_trouble;

    // Another's, believed without revocation, and nobody has said why: added before that was asked for.
    bool unexplained() const { return !own && !sources.any() && sources.none_because.empty(); }
};

struct CrlJob {
    std::string ca;  // thumbprint
    std::string url;
    Bytes issuer;
    std::optional<CrlFacts> held;
};

struct AnswerJob {
    std::string certificate;  // thumbprint
    std::string url;
    Bytes certificate_der, issuer;
    std::optional<TimePoint> held;  // thisUpdate
    Bytes crl;                      // of the issuer; empty: none is held
};

class TrustedAuthorities {
  public:
    // `domains`: whose ids SM2 signatures are verified with.
    explicit TrustedAuthorities(pg::Pool& pool, TrustDomains domains = {})
        : pool_(pool), domains_(std::move(domains)) {}

    Awaitable<Result<void>> add(Bytes der, std::string name, TimePoint not_after, bool own,
                                RevocationSources sources, std::string actor);
    // One of our own, where it is not published yet; otherwise nothing happens.
    Awaitable<Result<void>> publish_own(Bytes der, std::string name, TimePoint not_after, std::string actor);
    Awaitable<Result<void>> remove(std::string thumbprint, std::string actor);
    Awaitable<Result<std::vector<TrustedAuthority>>> list();

    // CAs that reach the next step before their end, as CertificateRegister::take_expiry_warnings.
    Awaitable<Result<std::vector<CertificateRegister::Expiring>>> take_expiry_warnings();

    // What is due now, claimed for this node for a while.
    Awaitable<Result<std::vector<CrlJob>>> claim_crls();
    Awaitable<Result<void>> keep_crl(CrlJob job, Bytes der, CrlFacts facts);
    Awaitable<Result<void>> crl_failed(CrlJob job, std::string trouble);

    // Finds consumers' certificates whose CA answers by OCSP and that are not asked about yet; looks again
    // only when the generation was raised.
    Awaitable<Result<void>> find_certificates_to_ask_about();
    Awaitable<Result<std::vector<AnswerJob>>> claim_answers();
    Awaitable<Result<void>> keep_answer(AnswerJob job, Bytes der, AnswerFacts facts);
    Awaitable<Result<void>> announce();  // that answers were kept: once per round, not per certificate
    Awaitable<Result<void>> answer_failed(AnswerJob job, std::string trouble);

  private:
    pg::Pool& pool_;
    const TrustDomains domains_;
    std::atomic<std::int64_t> searched_{-1};  // generation as of which all certificates were looked at
};

}  // namespace hutong::security
