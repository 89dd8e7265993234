#include "gateway/main/daemon/chores.hpp"

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds alive_interval{5};
constexpr std::chrono::seconds forget_interval{30};

}  // namespace

Chores::Chores(registry::Nodes& nodes, registry::ReplayKeys& replay_keys, std::string node,
               std::string public_url)
    : nodes_(nodes), replay_keys_(replay_keys), node_(std::move(node)), public_url_(std::move(public_url)) {}

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

}  // namespace hutong::daemon
