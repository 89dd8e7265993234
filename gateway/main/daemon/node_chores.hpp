// Everything a node does by itself while it runs: one table of chores, each a loop with a timer of its own.
//
// Runs on the control thread. What is passed in outlives the chores; a chore ends when stop() cancels its
// timer.
#pragma once

#include <list>
#include <memory>

#include "gateway/calls/gateway.hpp"
#include "gateway/main/daemon/chores.hpp"
#include "gateway/main/daemon/configuration_record.hpp"
#include "gateway/main/daemon/database.hpp"
#include "gateway/main/daemon/evidence_keeping.hpp"
#include "gateway/main/daemon/join_answers.hpp"
#include "gateway/main/daemon/meter_keeping.hpp"
#include "gateway/main/daemon/notifications.hpp"
#include "gateway/main/daemon/own_certificates.hpp"
#include "gateway/main/daemon/pki_chores.hpp"
#include "gateway/main/daemon/renewal_answers.hpp"
#include "gateway/main/daemon/threads.hpp"

namespace hutong::daemon {

class NodeChores {
  public:
    struct Parts {
        const Home& home;
        const config::Config& config;  // as at the start
        const std::string& node;
        std::string public_url;
        const KeyPlaces& places;
        Threads& threads;
        Database& database;
        pg::Pool& pool;
        registry::Nodes& nodes;
        registry::NodeRenewals& renewals;
        registry::ReplayKeys& replay_keys;
        registry::Metering& metering;
        registry::CatalogueKeeper& keeper;
        security::CertificateRegister& certificates;
        security::TrustedAuthorities& trusted;
        security::Authorities* authorities;  // null, as the next: this node has no CA
        NodeCertifier* certifier;
        OwnCertificates& own_certificates;
        security::Access& access;
        OwnRecords& records;
        Notifications& notifications;
        EvidenceKeeping& evidence;
        RevocationFetch& fetch;
        PkiWatch& watch;
        http::Staple& staple;
        gateway::Gateway& gateway;
        bool uddi_complete;  // nothing is left to be completed
    };
    explicit NodeChores(const Parts& parts);

    void start();
    void stop();  // on the control thread
    MeterKeeping& meters() { return meters_; }
    ConfigurationRecord& configuration() { return configuration_; }

  private:
    struct Row;
    static const Row table[];

    Awaitable<> look_after_keys(asio::steady_timer& timer);
    template <class Work>
    void start_one(Work work);

    const Parts parts_;
    Chores chores_;
    std::optional<JoinAnswers> joins_;  // where the CA is, as the next
    std::optional<RenewalAnswers> renewals_;
    PkiChores pki_;
    MeterKeeping meters_;
    ConfigurationRecord configuration_;
    std::list<asio::steady_timer> timers_;
};

}  // namespace hutong::daemon
