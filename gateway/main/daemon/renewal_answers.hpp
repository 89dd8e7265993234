// Answers the nodes that are in when they ask for their next certificates; on the node that has the CA.
//
// Runs on the control thread; references outlive it.
#pragma once

#include "gateway/main/daemon/node_certifier.hpp"
#include "registry/store/node_renewals.hpp"

namespace hutong::daemon {

class RenewalAnswers {
  public:
    struct Parts {
        registry::NodeRenewals& renewals;
        security::CertificateRegister& certificates;
        const security::Authorities& authorities;
        NodeCertifier& certifier;
        OwnRecords& records;
    };
    explicit RenewalAnswers(const Parts& parts) : parts_(parts) {}

    Awaitable<> run(asio::steady_timer& timer);  // ends when the timer is cancelled
    Awaitable<void> answer_pending();

  private:
    Awaitable<void> answer(registry::RenewalRequest request);
    Awaitable<Result<std::string>> check(const registry::RenewalRequest& request);
    Awaitable<Result<void>> check_renewed(const registry::RenewalRequest& request);
    Awaitable<Result<std::string>> certified_before(const registry::RenewalRequest& request);
    Awaitable<void> refuse(const registry::RenewalRequest& request, Error why);
    Awaitable<void> hold_back(const registry::RenewalRequest& request, Error why);
    Awaitable<void> record(const registry::RenewalRequest& request, const Error& why);

    const Parts parts_;
};

}  // namespace hutong::daemon
