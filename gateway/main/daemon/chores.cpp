#include "gateway/main/daemon/chores.hpp"

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds alive_interval{5};
constexpr std::chrono::seconds join_interval{1};
constexpr std::chrono::seconds forget_interval{30};
constexpr std::string_view join_record = "node.join";

boost::json::object described(const registry::JoinRequest& request) {
    return {{"node", request.node},
            {"url", request.url},
            {"invited_by", request.inviter},
            {"invitation", request.invitation}};
}

}  // namespace

Chores::Chores(registry::Nodes& nodes, registry::ReplayKeys& replay_keys, NodeCertifier* certifier,
               OwnRecords& records, std::string node, std::string public_url)
    : nodes_(nodes),
      replay_keys_(replay_keys),
      certifier_(certifier),
      records_(records),
      node_(std::move(node)),
      public_url_(std::move(public_url)) {}

// The loops below are no do-while: g++ 12 makes wrong code of a co_await in a do-while's condition.

// A failure is not logged here: the watch on the database says when it is away, once.
Awaitable<> Chores::say_alive(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, alive_interval)) {
        const Result<void> said = co_await nodes_.seen(node_, public_url_);
        if (!said && said.error().code == ErrorCode::not_found)
            log(MessageId::HT1008, {{"node", node_}, {"reason", said.error().detail}});
    }
}

Awaitable<> Chores::forget_replay_keys(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, forget_interval)) {
        for (bool more = true; more;) {
            const Result<std::uint64_t> gone = co_await replay_keys_.forget(system_clock().now());
            more = gone.has_value() && *gone > 0;
        }
    }
}

Awaitable<> Chores::answer_joins(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, join_interval))
        co_await answer_pending();
}

Awaitable<> Chores::answer_pending() {
    const Result<std::vector<registry::JoinRequest>> pending = co_await nodes_.pending();
    if (!pending) co_return;
    for (const registry::JoinRequest& request : *pending) {
        const Result<void> admitted = co_await admit(request);
        if (admitted) {
            log(MessageId::HT1007, {{"command", "join"}, {"node", request.node}, {"url", request.url}});
            continue;
        }
        log(MessageId::HT1008,
            {{"command", "join"}, {"node", request.node}, {"reason", admitted.error().detail}});
        // What is away comes back; what is wrong with the request does not.
        if (admitted.error().code == ErrorCode::unavailable) continue;
        const Result<void> refused = co_await nodes_.refuse(request.node, admitted.error().detail);
        if (!refused)
            log(MessageId::HT1008,
                {{"command", "join"}, {"node", request.node}, {"reason", refused.error().detail}});
        auto who = described(request);
        std::string outcome(to_string(admitted.error().code)), reason = admitted.error().detail;
        (void)co_await records_.write(std::string(join_record), std::move(who), std::move(outcome),
                                      std::move(reason));
    }
}

// Nothing leaves before it is in the journal, with the name of who invited.
Awaitable<Result<void>> Chores::admit(registry::JoinRequest request) {
    registry::PemByKey chains;
    for (const auto& [name, csr] : request.requests) {
        HUTONG_CO_ASSIGN(std::string chain, co_await certify_key(request, name, csr));
        chains.emplace(name, std::move(chain));
    }
    HUTONG_CO_TRY(co_await nodes_.admit(request.node, std::move(chains)));
    auto who = described(request);
    co_return co_await records_.write(std::string(join_record), std::move(who), "ok");
}

Awaitable<Result<std::string>> Chores::certify_key(const registry::JoinRequest& request,
                                                   const std::string& name, const std::string& csr) {
    const NodeKey* key = find_node_key(name);
    if (!key) co_return invalid("nodes have no key \"" + name + "\"");
    KeyWish wish;
    wish.key = key;
    wish.csr = csr;
    wish.node = request.node;
    wish.url = request.url;
    wish.actor = "hutong (node " + request.node + ", invited by " + request.inviter + ")";
    wish.who = described(request);
    HUTONG_CO_ASSIGN(const security::Issued issued, co_await certifier_->certify(std::move(wish)));
    co_return issued.pem;
}

}  // namespace hutong::daemon
