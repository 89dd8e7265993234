// What every node does by itself every now and then: says that it lives, forgets expired replay keys.
//
// Runs on the control thread; references outlive it.
#pragma once

#include <string>

#include "base/asio.hpp"
#include "registry/store/nodes.hpp"
#include "registry/store/replay_keys.hpp"

namespace hutong::daemon {

class Chores {
  public:
    Chores(registry::Nodes& nodes, registry::ReplayKeys& replay_keys, std::string node,
           std::string public_url);

    // Each ends when its timer is cancelled.
    Awaitable<> say_alive(asio::steady_timer& timer);
    Awaitable<> forget_replay_keys(asio::steady_timer& timer);

  private:
    registry::Nodes& nodes_;
    registry::ReplayKeys& replay_keys_;
    std::string node_;
    std::string public_url_;
};

}  // namespace hutong::daemon
