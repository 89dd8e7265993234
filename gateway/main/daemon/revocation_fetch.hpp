// Fetches the CRLs and OCSP answers of others' CAs, ahead of need, from the addresses officers gave.
//
// Nothing an unverified certificate says leads anywhere. A fetch follows no redirect, is bounded in size and
// time, and counts only when what came is signed by the CA (trust/foreign_status). Every node may fetch; the
// register lets one at a time. Runs on the control thread's context; references outlive it.
#pragma once

#include <set>

#include "gateway/http/client.hpp"
#include "security/pki/trusted_authorities.hpp"
#include "security/trust/trust_domains.hpp"

namespace hutong::daemon {

class RevocationFetch {
  public:
    RevocationFetch(asio::io_context& context, security::TrustedAuthorities& trusted,
                    const config::Backend& backend, const std::filesystem::path& spool,
                    security::TrustDomains domains);

    // Begins what is due. Slow sources hold up nobody but themselves.
    Awaitable<> begin_due();

  private:
    Awaitable<> fetch_crl(security::CrlJob job);
    Awaitable<> fetch_answers(std::vector<security::AnswerJob> jobs);
    Awaitable<Result<void>> fetch_and_keep(security::CrlJob job);
    Awaitable<Result<void>> fetch_and_keep(security::AnswerJob job);
    Awaitable<Result<Bytes>> fetch(std::string url, http::OutgoingRequest request);

    asio::io_context& context_;
    security::TrustedAuthorities& trusted_;
    http::Client client_;
    const security::TrustDomains domains_;
    std::set<std::string> under_way_;  // addresses
};

}  // namespace hutong::daemon
