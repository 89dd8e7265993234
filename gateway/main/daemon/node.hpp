// The parts of one running node and the order in which they are made and taken down.
//
// start() and shut_down() run on the main thread; the parts are used on the threads their headers name.
#pragma once

#include <atomic>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "gateway/calls/gateway.hpp"
#include "gateway/http/server.hpp"
#include "gateway/main/admin/commands.hpp"
#include "gateway/main/admin/server.hpp"
#include "gateway/main/api/api.hpp"
#include "gateway/main/daemon/home_lock.hpp"
#include "gateway/main/daemon/node_chores.hpp"
#include "gateway/main/daemon/served_paths.hpp"
#include "gateway/main/daemon/status.hpp"
#include "gateway/main/node_keys.hpp"

namespace hutong::daemon {

// Members are in the order of their making; each is used only by those below it.
class Node {
  public:
    explicit Node(const Home& home) : home_(home) {}
    // No thread may run when the members go, not even after a start that failed half way.
    ~Node() {
        if (threads_) threads_->stop();
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    Result<void> start();
    void wait_for_stop_signal() { stop_signal_.get_future().wait(); }
    void shut_down();

  private:
    Result<void> open_stores();
    Result<void> open_keys();
    void open_certifying();
    Result<void> renew_keys();
    Result<void> open_catalogue();
    Result<void> listen();
    Result<void> open_administration();
    void say_who_commands();
    void start_chores(ReadConfiguration read);
    void watch_signals();
    void reload();
    // Runs by what lies in HOME/keys, and by `config`; `kept`, on the control thread just before, is where
    // that stays.
    Result<void> use_keys(const config::Config& config, const std::function<const config::Config&()>& kept);
    admin::Services services();
    std::string public_url() const;
    void route_by(std::shared_ptr<const registry::Catalogue> catalogue);

    const Home home_;
    std::optional<HomeLock> lock_;
    std::list<config::Config> configs_;  // the newest last; older ones stay, as parts may refer to them
    std::string node_;
    KeyPlaces places_;  // as at the start; a change of them takes another
    std::unique_ptr<security::Authorities> authorities_;
    std::promise<void> stop_signal_;
    std::mutex one_reload_;                    // at a time
    const config::Config* in_force_{nullptr};  // the newest that everything took; guarded by it

    std::unique_ptr<Database> database_;
    std::unique_ptr<Threads> threads_;
    std::optional<asio::signal_set> signals_;
    std::unique_ptr<pg::Pool> pool_;
    std::optional<registry::Publication> publication_;
    std::optional<registry::ServiceLife> life_;
    std::optional<registry::GrantRequests> grant_requests_;
    std::optional<registry::Metering> metering_;
    std::optional<registry::ResourceCatalogue> resources_;
    std::optional<registry::Credentials> credentials_;
    std::optional<registry::ServiceKeys> service_keys_;
    std::optional<registry::Nodes> nodes_;
    std::optional<registry::NodeRenewals> renewals_;
    std::optional<security::CertificateRegister> certificates_;
    std::optional<security::CertificateRequests> requests_;
    std::optional<security::TrustedAuthorities> trusted_;
    std::optional<registry::ReplayKeys> replay_keys_;
    std::optional<security::Access> access_;
    std::optional<registry::uddi::Publishers> publishers_;
    std::unique_ptr<Notifications> notifications_;
    std::unique_ptr<registry::uddi::Endpoint> uddi_;
    bool uddi_complete_{false};
    std::unique_ptr<security::Journal> journal_;
    std::optional<OwnRecords> records_;
    std::optional<NodeCertifier> certifier_;  // where the CA is
    std::optional<OwnCertificates> own_certificates_;
    std::unique_ptr<registry::CatalogueKeeper> keeper_;
    std::unique_ptr<EvidenceKeeping> evidence_;
    std::optional<RevocationFetch> fetch_;
    std::optional<PkiWatch> pki_watch_;
    const std::shared_ptr<http::Staple> staple_ = std::make_shared<http::Staple>();

    std::optional<ServedPaths> paths_;
    std::unique_ptr<http::Server> server_;
    std::optional<Status> status_;
    std::unique_ptr<gateway::Gateway> gateway_;
    std::atomic<gateway::Gateway*> routing_{nullptr};  // set once the first catalogue is taken
    Result<void> routed_;  // how the last catalogue was taken; control thread only
    std::optional<admin::Commands> commands_;
    std::optional<api::Api> api_;
    std::unique_ptr<admin::Server> admin_;
    std::optional<NodeChores> chores_;
};

}  // namespace hutong::daemon
