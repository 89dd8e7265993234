#include "gateway/main/daemon/notifications.hpp"

#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::seconds look_interval{1};
constexpr unsigned most_by_web = 16;
constexpr unsigned most_by_mail = ListenerPost::mails_at_once;  // none waits while its claim runs out
constexpr unsigned most_of_one = 4;                             // organisation

}  // namespace

Notifications::Notifications(Parts parts, std::vector<Network> networks)
    : context_(parts.context),
      shortest_interval_(parts.config.registry.notification_interval),
      post_(parts.context, parts.config, parts.spool, std::move(networks)),
      notifier_(parts.pool, post_, parts.config.registry.notification_attempts, std::move(parts.public_url)) {
}

Result<std::unique_ptr<Notifications>> Notifications::make(Parts parts) {
    std::vector<Network> networks;
    for (const std::string& text : parts.config.registry.listeners) {
        HUTONG_ASSIGN(const Network network, Network::parse(text));
        networks.push_back(network);
    }
    return std::unique_ptr<Notifications>(new Notifications(std::move(parts), std::move(networks)));
}

Awaitable<> Notifications::run(asio::steady_timer& timer) {
    for (bool go_on = true; go_on; go_on = co_await sleep_for(timer, look_interval)) co_await begin_due();
}

// One at a time, so that whose turn it is follows from who is busy.
Awaitable<> Notifications::begin_due() {
    for (;;) {
        auto busy = busy_now();
        if (busy.web && busy.mail) co_return;
        auto claim = co_await notifier_.claim(std::move(busy));
        if (claim.has_error() || !*claim) co_return;  // the watch on the database says when it is away
        ++of_organisation_[(*claim)->owner];
        under_way_.insert((*claim)->key);
        if ((*claim)->mail) ++mails_under_way_;
        asio::co_spawn(context_, notify(std::move(**claim)), asio::detached);
    }
}

Awaitable<> Notifications::notify(registry::uddi::Notifier::Claim claim) {
    const std::string owner = claim.owner, key = claim.key;
    const bool mail = claim.mail;
    co_await notifier_.notify(std::move(claim));
    under_way_.erase(key);
    if (mail) --mails_under_way_;
    if (--of_organisation_[owner] == 0) of_organisation_.erase(owner);
}

registry::uddi::Notifier::Busy Notifications::busy_now() const {
    registry::uddi::Notifier::Busy busy;
    for (const auto& [organisation, number] : of_organisation_)
        if (number >= most_of_one) busy.organisations.push_back(organisation);
    busy.mail = mails_under_way_ >= most_by_mail;
    busy.web = under_way_.size() - mails_under_way_ >= most_by_web;
    busy.keys.assign(under_way_.begin(), under_way_.end());
    return busy;
}

}  // namespace hutong::daemon
