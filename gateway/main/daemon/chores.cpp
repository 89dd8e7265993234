#include "gateway/main/daemon/chores.hpp"

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/node_keys.hpp"
#include "gateway/main/pem.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds alive_interval{5};
constexpr std::chrono::seconds join_interval{1};
constexpr std::chrono::seconds forget_interval{30};
constexpr std::chrono::minutes crl_interval{10};
// Callers keep a CRL until its nextUpdate: a new one must be there well before.
constexpr std::chrono::hours crl_margin{24 * 3};

}  // namespace

Chores::Chores(registry::Nodes& nodes, security::CertificateRegister& certificates,
               registry::ReplayKeys& replay_keys, registry::CatalogueKeeper& keeper,
               security::Authority* authority, std::string node, std::string public_url)
    : nodes_(nodes),
      certificates_(certificates),
      replay_keys_(replay_keys),
      keeper_(keeper),
      authority_(authority),
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
        HUTONG_CO_ASSIGN(const security::Issued issued,
                         certify(*authority_, *key, csr, request.node, request.url, machine));
        const std::string profile = key->profile_name;
        const std::string nobody;
        HUTONG_CO_TRY(co_await certificates_.add(issued, profile, nobody));
        log(MessageId::HT4001, {{"serial", issued.serial}, {"subject", issued.subject}});
        chains.emplace(name, issued.pem);
    }
    co_return co_await nodes_.admit(request.node, std::move(chains));
}

bool Chores::crl_is_due() const {
    const auto catalogue = keeper_.current();
    if (!catalogue) return false;
    for (const registry::Crl& crl : catalogue->crls) {
        if (crl.ca != authority_->issuing_name()) continue;
        const Result<TimePoint> next = crl_next_update(crl.der);
        return !next || *next - system_clock().now() < crl_margin;
    }
    return true;
}

Awaitable<> Chores::renew_crl(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, crl_interval))
        co_await renew_crl_if_due();
}

Awaitable<> Chores::renew_crl_if_due() {
    if (!crl_is_due()) co_return;
    const Result<void> renewed = co_await certificates_.renew_crl(*authority_);
    if (renewed) log(MessageId::HT4003, {{"ca", authority_->issuing_name()}});
}

}  // namespace hutong::daemon
