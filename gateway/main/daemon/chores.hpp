// What a node does by itself every now and then: says that it lives, forgets expired replay keys, answers
// join requests (only on the node that has the CA).
//
// Runs on the control thread; references outlive it.
#pragma once

#include <string>

#include "base/asio.hpp"
#include "gateway/main/daemon/node_certifier.hpp"
#include "registry/store/nodes.hpp"
#include "registry/store/replay_keys.hpp"

namespace hutong::daemon {

class Chores {
  public:
    // `certifier` null: this node has no CA.
    Chores(registry::Nodes& nodes, registry::ReplayKeys& replay_keys, NodeCertifier* certifier,
           OwnRecords& records, std::string node, std::string public_url);

    // Each ends when its timer is cancelled.
    Awaitable<> say_alive(asio::steady_timer& timer);
    Awaitable<> forget_replay_keys(asio::steady_timer& timer);
    Awaitable<> answer_joins(asio::steady_timer& timer);

  private:
    Awaitable<Result<void>> admit(registry::JoinRequest request);
    Awaitable<Result<std::string>> certify_key(const registry::JoinRequest& request, const std::string& name,
                                               const std::string& csr);
    Awaitable<> answer_pending();

    registry::Nodes& nodes_;
    registry::ReplayKeys& replay_keys_;
    NodeCertifier* certifier_;
    OwnRecords& records_;
    std::string node_;
    std::string public_url_;
};

}  // namespace hutong::daemon
