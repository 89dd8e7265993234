// Tells listeners of subscriptions what has changed, each when its notificationInterval is over.
//
// UDDI v3.0.2 sections 5.5.4 to 5.5.6 and 5.5.12. Every node does this: a due subscription is claimed by one
// of them for some minutes, after which another takes it over. What a listener has not confirmed is told
// again, all of it: at least once, and now and then twice. Where nothing has changed nothing is sent, and the
// next coveragePeriod begins where the last one that was sent ended. A listener that fails is tried again
// later and later, and given up after so many times in a row; saving the subscription again begins anew. What
// cannot be computed (too much matches) counts against no listener.
//
// Runs on one thread's executor; what is passed in outlives it.
#pragma once

#include <functional>
#include <set>

#include "registry/subscription/listeners.hpp"
#include "registry/subscription/subscription.hpp"
#include "registry/subscription/turns.hpp"

namespace hutong::registry::uddi {

class Notifier {
  public:
    struct Claim {
        std::string key;    // of the subscription
        std::string owner;  // its organisation
        std::string until;  // when it ends; also says that it is this claim and no later one
        bool mail{false};   // to a mailbox, when it was claimed
    };

    Notifier(pg::Pool& pool, Listeners& listeners, unsigned most_attempts,
             std::function<std::string()> public_url)
        : pool_(pool),
          listeners_(listeners),
          most_attempts_(most_attempts),
          public_url_(std::move(public_url)) {}

    // What is not claimed now.
    struct Busy {
        std::vector<std::string> organisations;
        std::vector<std::string> keys;  // this node is at them, whatever became of their claims
        bool web{false}, mail{false};   // listeners of this kind
    };
    // The one that has been due longest.
    Awaitable<Result<std::optional<Claim>>> claim(Busy busy);

    // Failures are noted with the subscription and in the log.
    Awaitable<> notify(Claim claim);

  private:
    // What there is to tell; made before anything is sent.
    struct News {
        Subscription subscription;
        Filter filter;
        Period period;
        Changes changes;
        std::string list;  // told whole; empty: changes are told
        std::string told;  // its digest
        bool empty{true};
    };
    Awaitable<OrFault<void>> gather(const Claim& claim, std::optional<News>& news);
    Awaitable<OrFault<void>> gather_now(pg::Session& session, const Claim& claim, std::optional<News>& news);
    Awaitable<OrFault<void>> gather_list(pg::Session& session, News& news);
    void tell_lag(const Subscription& subscription, std::int64_t behind, const std::string& oldest);
    struct Sent {
        bool ours{true};                         // false: the claim is over
        std::optional<std::string> not_taken{};  // why
    };
    Awaitable<OrFault<void>> send(Claim& claim, const News& news, Sent& sent);
    Awaitable<OrFault<std::string>> list_of(const News& news, std::size_t first, std::size_t most);
    Awaitable<OrFault<bool>> prolong(Claim& claim);
    Awaitable<OrFault<std::optional<std::string>>> binding_of(const Subscription& subscription);
    OrFault<std::string> address_in(const std::optional<std::string>& binding,
                                    const Subscription& subscription) const;
    Awaitable<OrFault<void>> done(const Claim& claim, const News& news);
    Awaitable<OrFault<void>> failed(const Claim& claim, const std::string& why);
    Awaitable<OrFault<void>> not_computed(const Claim& claim, const Fault& why);

    static constexpr unsigned gathered_at_once = 3;  // fewer than the pool has connections

    pg::Pool& pool_;
    Turns gathering_{gathered_at_once};
    std::set<std::string> not_computable_;  // subscriptions of which this node has said so
    std::string lag_told_;                  // the transaction of which it was said that it holds them back
    Listeners& listeners_;
    const unsigned most_attempts_;
    const std::function<std::string()> public_url_;
};

// The accessPoint of a bindingTemplate, from its stored text. Error: E_invalidValue, when it has none that
// names a listener itself (a hostingRedirector, a WSDL).
OrFault<std::string> listener_address(const std::string& binding_text);

}  // namespace hutong::registry::uddi
