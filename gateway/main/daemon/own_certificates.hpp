// Renews this node's own keys and certificates in time, on every node by itself: the node that has the CA
// certifies its keys, any other asks that node through the database.
//
// New keys each time. The certificates they take the place of stay good until their own end. What cannot be
// renewed is logged and tried again; what has ended makes the node not ready. Runs on the control thread but
// for ended(); files and keys are worked on elsewhere. References outlive it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "gateway/main/daemon/node_certifier.hpp"
#include "gateway/main/daemon/threads.hpp"
#include "gateway/main/setup/key_renewal.hpp"
#include "registry/store/node_renewals.hpp"

namespace hutong::daemon {

class OwnCertificates {
  public:
    struct Parts {
        const Home& home;
        const std::string& node;
        const KeyPlaces& places;
        bool sm2;         // whether this node is to have keys of the national algorithms
        std::string url;  // where this node is reached
        Threads& threads;
        registry::NodeRenewals& renewals;
        const security::Authorities* authorities;  // null, as the next: this node has no CA
        NodeCertifier* certifier;
        std::function<Result<void>()> use;  // has the node run by what lies in HOME/keys; may wait
    };
    explicit OwnCertificates(Parts parts) : parts_(std::move(parts)) {}

    // Before the keys are loaded. Only the node with the CA gets new ones so: others cannot wait for an
    // answer.
    Awaitable<Result<void>> renew_at_start();
    Awaitable<> run(asio::steady_timer& timer);  // ends when the timer is cancelled

    // For readiness, on any thread: one line for each certificate in use that has ended.
    std::vector<std::string> ended() const { return *ended_.load(); }

  private:
    using Prepared = std::vector<setup::PreparedKey>;
    struct Told {
        std::string reason;
        TimePoint at;
    };

    Awaitable<void> look();
    Awaitable<Result<Prepared>> prepare();
    Awaitable<void> certify_here();
    Awaitable<void> ask();
    Awaitable<void> take_answers();
    // `candidates`: of what came through the database, which is checked against them (setup/granted.hpp);
    // null: the CA of this node issued it.
    Awaitable<void> install(const setup::PreparedKey& key, const std::string& chain,
                            const std::vector<Bytes>* candidates);
    Awaitable<void> put_in_use();
    void pause(std::chrono::seconds length);
    void note_endings();
    void tell(const std::string& key, const std::string& reason);

    const Parts parts_;
    Prepared waiting_;    // for their certificates
    bool asked_{false};   // for those
    bool to_use_{false};  // something lies in HOME/keys that the node does not run by yet
    std::chrono::steady_clock::time_point asked_at_{};
    std::chrono::steady_clock::time_point not_before_{};  // no new keys are made earlier
    std::map<std::string, Told> told_;                    // by key
    std::set<std::string> said_ended_;
    std::atomic<std::shared_ptr<const std::vector<std::string>>> ended_{
        std::make_shared<const std::vector<std::string>>()};
};

}  // namespace hutong::daemon
