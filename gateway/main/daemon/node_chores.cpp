#include "gateway/main/daemon/node_chores.hpp"

#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/uddi_views.hpp"
#include "gateway/main/node_keys.hpp"

namespace hutong::daemon {

namespace {

enum class Where { everywhere, with_ca, until_uddi_is_complete };

}  // namespace

struct NodeChores::Row {
    Where where;
    Awaitable<> (*run)(NodeChores& node, asio::steady_timer& timer);
};

const NodeChores::Row NodeChores::table[] = {
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) {
         return node.parts_.database.watch(node.parts_.pool, node.parts_.threads.blocking(), timer);
     }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.look_after_keys(timer); }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.configuration_.run(timer); }},
    {Where::everywhere, [](NodeChores& node, asio::steady_timer& timer) { return node.meters_.run(timer); }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.chores_.say_alive(timer); }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.chores_.forget_replay_keys(timer); }},
    {Where::until_uddi_is_complete,
     [](NodeChores& node, asio::steady_timer& timer) {
         return keep_completing_uddi_views(node.parts_.pool, node.parts_.config.wsdl, timer);
     }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.parts_.notifications.run(timer); }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) {
         return node.parts_.evidence.repeat_lost_trust(timer);
     }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.parts_.evidence.segments().run(timer); }},
    {Where::everywhere, [](NodeChores& node, asio::steady_timer& timer) { return node.pki_.fetch(timer); }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.pki_.keep_staple(timer); }},
    {Where::everywhere, [](NodeChores& node, asio::steady_timer& timer) { return node.pki_.watch(timer); }},
    {Where::everywhere,
     [](NodeChores& node, asio::steady_timer& timer) { return node.parts_.own_certificates.run(timer); }},
    {Where::with_ca, [](NodeChores& node, asio::steady_timer& timer) { return node.joins_->run(timer); }},
    {Where::with_ca, [](NodeChores& node, asio::steady_timer& timer) { return node.renewals_->run(timer); }},
    {Where::with_ca, [](NodeChores& node, asio::steady_timer& timer) { return node.pki_.keep_fresh(timer); }},
};

NodeChores::NodeChores(const Parts& parts)
    : parts_(parts),
      chores_(parts.nodes, parts.replay_keys, parts.node, parts.public_url),
      pki_(PkiChores::Parts{parts.certificates, parts.keeper, parts.authorities, parts.trusted, parts.fetch,
                            parts.watch, parts.staple, parts.records, chain_file(parts.home, "tls")}),
      meters_(parts.metering, parts.node, [&gateway = parts.gateway] { return gateway.take_meter(); }),
      configuration_(parts.home, parts.node, parts.records, parts.access, parts.threads.blocking()) {
    if (!parts.authorities) return;
    joins_.emplace(JoinAnswers::Parts{parts.home, parts.node, parts.nodes, parts.access, *parts.certifier,
                                      parts.records});
    renewals_.emplace(RenewalAnswers::Parts{parts.renewals, parts.certificates, *parts.authorities,
                                            *parts.certifier, parts.records});
}

template <class Work>
void NodeChores::start_one(Work work) {
    asio::steady_timer& timer = timers_.emplace_back(parts_.threads.control());
    asio::co_spawn(parts_.threads.control(), work(timer), asio::detached);
}

void NodeChores::start() {
    for (const Row& row : table) {
        if (row.where == Where::with_ca && !parts_.authorities) continue;
        if (row.where == Where::until_uddi_is_complete && parts_.uddi_complete) continue;
        start_one([this, &row](asio::steady_timer& timer) { return row.run(*this, timer); });
    }
    HeadKeeping& heads = parts_.evidence.heads();
    for (std::size_t place = 0; place < heads.size(); ++place)
        start_one([&heads, place](asio::steady_timer& timer) { return heads.keep_at(place, timer); });
}

void NodeChores::stop() {
    for (asio::steady_timer& timer : timers_) timer.cancel();
}

Awaitable<> NodeChores::look_after_keys(asio::steady_timer& timer) {
    auto look = [this] { parts_.places.providers->look_after(); };
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, std::chrono::seconds(1)))
        co_await run_on(parts_.threads.keys(), look);
}

}  // namespace hutong::daemon
