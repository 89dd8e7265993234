#include "gateway/main/daemon/chores.hpp"

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds alive_interval{5};
constexpr std::chrono::seconds join_interval{1};
constexpr std::chrono::seconds forget_interval{30};

}  // namespace

Chores::Chores(registry::Nodes& nodes, security::CertificateRegister& certificates,
               registry::ReplayKeys& replay_keys, security::Authorities* authorities, std::string node,
               std::string public_url)
    : nodes_(nodes),
      certificates_(certificates),
      replay_keys_(replay_keys),
      authorities_(authorities),
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
    }
}

Awaitable<Result<void>> Chores::admit(registry::JoinRequest request) {
    registry::PemByKey chains;
    const std::string machine;  // ours is not its
    for (const auto& [name, csr] : request.requests) {
        const NodeKey* key = find_node_key(name);
        if (!key) co_return invalid("nodes have no key \"" + name + "\"");
        HUTONG_CO_ASSIGN(const auto authority, authorities_->choose({}, key->kind));
        HUTONG_CO_ASSIGN(const security::Issued issued,
                         certify(*authority, *key, csr, request.node, request.url, machine));
        const security::Registration registration{profile_name(*key), "",
                                                  "hutong (node " + request.node + ")"};
        HUTONG_CO_TRY(co_await certificates_.add(issued, registration));
        log(MessageId::HT4001, {{"serial", issued.serial}, {"subject", issued.subject}});
        chains.emplace(name, issued.pem);
    }
    co_return co_await nodes_.admit(request.node, std::move(chains));
}

}  // namespace hutong::daemon
