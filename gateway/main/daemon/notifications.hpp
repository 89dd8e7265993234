// Sees to it that this node takes its part in notifying the listeners of UDDI subscriptions.
//
// run() on the control thread; what is passed in outlives it. So many notifications are under way at once,
// and fewer of one organisation, so that an agency with slow listeners holds up nobody else's; mail has
// places of its own, so that a slow relay holds up no Web service.
#pragma once

#include <map>
#include <set>

#include "gateway/main/daemon/listener_post.hpp"
#include "registry/soap/context.hpp"
#include "registry/subscription/notifier.hpp"

namespace hutong::daemon {

class Notifications {
  public:
    struct Parts {
        const config::Config& config;
        std::filesystem::path spool;
        pg::Pool& pool;
        asio::io_context& context;
        std::function<std::string()> public_url;
    };
    // Error: invalid, of registry.listeners.
    static Result<std::unique_ptr<Notifications>> make(Parts parts);

    registry::uddi::NotificationRules rules() const { return {post_, shortest_interval_}; }
    Awaitable<> run(asio::steady_timer& timer);  // ends when the timer is cancelled
    void stop() { post_.stop(); }

  private:
    Notifications(Parts parts, std::vector<Network> networks);
    Awaitable<> begin_due();
    Awaitable<> notify(registry::uddi::Notifier::Claim claim);
    registry::uddi::Notifier::Busy busy_now() const;

    asio::io_context& context_;
    const std::chrono::seconds shortest_interval_;
    ListenerPost post_;
    registry::uddi::Notifier notifier_;
    std::map<std::string, unsigned> of_organisation_;  // under way
    std::set<std::string> under_way_;                  // subscriptions
    std::size_t mails_under_way_{0};                   // of these
};

}  // namespace hutong::daemon
