#include "registry/subscription/operations.hpp"

#include <charconv>

#include "base/bytes.hpp"
#include "base/coroutine.hpp"
#include "registry/model/uddi/keys.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/transaction.hpp"
#include "registry/store/sql.hpp"
#include "registry/subscription/notifier.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::chrono::hours usual_life{30 * 24};
constexpr std::chrono::hours longest_life{366 * 24};
constexpr unsigned most_subscriptions = 1000;  // of one organisation

std::string text_in(const xml::Element& holder, std::string_view name) {
    const xml::Element found = holder.child(ns_subscription, name);
    return found ? collapsed(found.text()) : std::string();
}

OrFault<TimePoint> time_in(const xml::Element& holder, std::string_view name, TimePoint otherwise) {
    const std::string text = text_in(holder, name);
    if (text.empty()) return otherwise;
    const auto time = parse_utc(text);
    if (time.has_error())
        return Fault(failure::invalid_time, std::string(name) + " is no date and time with a zone.");
    return *time;
}

Fault no_subscription(const std::string& key) {
    return Fault(failure::invalid_key, "There is no subscription \"" + key + "\", or it has expired.",
                 "subscriptionKey");
}

Awaitable<OrFault<Subscription>> owned(pg::Session& session, std::string key, const std::string& org) {
    HUTONG_CO_ASSIGN(
        const auto found,
        co_await read_subscriptions(session, "where key = $1 and expires > now() for update", with(key)));
    if (found.empty()) co_return no_subscription(key);
    if (found.front().owner != org)
        co_return Fault(failure::user_mismatch, "The subscription \"" + key + "\" is another organisation's.",
                        "subscriptionKey");
    co_return found.front();
}

// The request's fields over those that the subscription had. An interval shorter than is served here becomes
// the shortest that is (section 5.5.8).
OrFault<void> apply(const xml::Element& asked, Subscription& one, std::chrono::seconds shortest_interval) {
    const TimePoint now = system_clock().now();
    const std::string brief = collapsed(asked.attribute("brief").value_or(""));
    one.brief = brief == "true" || brief == "1";
    if (const xml::Element filter = asked.child(ns_subscription, "subscriptionFilter")) {
        const xml::Element request = filter.first_child();
        one.filter = normal_text(request);
        one.filter.insert(1 + request.local().size(), " xmlns=\"" + std::string(ns) + "\"");
    }
    if (one.filter.empty())
        return Fault(failure::invalid_value, "A new subscription needs a subscriptionFilter.");
    const xml::Element binding = asked.child(ns, "bindingKey");
    one.binding = binding ? fold_key(binding.text()) : std::string();
    one.interval = text_in(asked, "notificationInterval");
    one.seconds = 0;
    if (!one.interval.empty()) {
        HUTONG_ASSIGN(one.seconds, seconds_of(one.interval));
        if (!one.binding.empty() && one.seconds < shortest_interval.count()) {
            one.seconds = shortest_interval.count();
            one.interval = "PT" + std::to_string(one.seconds) + "S";
        }
    } else if (!one.binding.empty()) {
        return Fault(failure::invalid_value, "A bindingKey needs a notificationInterval.");
    }
    one.most_entities.reset();
    if (const std::string most = text_in(asked, "maxEntities"); !most.empty()) {
        unsigned number = 0;
        std::from_chars(most.data(), most.data() + most.size(), number);
        if (number == 0) return Fault(failure::invalid_value, "maxEntities must be 1 or more.");
        one.most_entities = number;
    }
    HUTONG_ASSIGN(one.expires, time_in(asked, "expiresAfter", now + usual_life));
    if (one.expires <= now) return Fault(failure::invalid_time, "expiresAfter lies in the past.");
    one.expires = std::min(one.expires, now + longest_life);
    return {};
}

Awaitable<OrFault<void>> store(pg::Session& session, const Subscription& one) {
    const std::string seconds = one.seconds == 0 ? "" : std::to_string(one.seconds);
    const std::string most_entities = one.most_entities ? std::to_string(*one.most_entities) : "";
    HUTONG_QUERY(
        stored, session,
        "insert into uddi_subscriptions (key, owner, filter, binding, interval, seconds, most_entities, "
        "brief, "
        "expires, notified, told, next_try) values ($1, $2, $3, $4::text, $5, $6::bigint, $7, $8, $9, now(), "
        "$10, case when $4::text is not null then now() + make_interval(secs => $6::bigint) end) "
        "on conflict (key) do update set filter = excluded.filter, binding = excluded.binding, "
        "interval = excluded.interval, seconds = excluded.seconds, most_entities = excluded.most_entities, "
        "brief = excluded.brief, expires = excluded.expires, told = excluded.told, looked = null, notified = "
        "case "
        "when uddi_subscriptions.binding is null then now() else uddi_subscriptions.notified end, next_try = "
        "excluded.next_try, failures = 0",
        with(one.key, one.owner, one.filter, or_null(one.binding), or_null(one.interval), or_null(seconds),
             or_null(most_entities), std::string(one.brief ? "true" : "false"), format_utc(one.expires),
             or_null(one.told)));
    co_return OrFault<void>();
}

// The subscriber's own bindingTemplate, at an address where notifications may go.
Awaitable<OrFault<void>> check_listener(pg::Session& session, const Subscription& one,
                                        const Listeners& listeners) {
    HUTONG_QUERY(found, session,
                 "select owner is not distinct from $2, middle from uddi_entities where key = $1 and kind = "
                 "'binding'",
                 with(one.binding, one.owner));
    if (found.empty())
        co_return Fault(failure::invalid_key,
                        "There is no bindingTemplate \"" + one.binding + "\" to notify.", "bindingKey");
    if (!found.boolean(0, 0))
        co_return Fault(failure::user_mismatch,
                        "The bindingTemplate \"" + one.binding + "\" is another organisation's.",
                        "bindingKey");
    HUTONG_CO_ASSIGN(const std::string address, listener_address(std::string(found.text(0, 1))));
    const Result<void> allowed = listeners.check(address);
    if (allowed.has_error()) co_return Fault(failure::invalid_value, allowed.error().detail, "bindingKey");
    co_return OrFault<void>();
}

// What a listener is taken to know of a list: how it is when it begins to listen.
Awaitable<OrFault<void>> begin_with(pg::Session& session, Subscription& one, const Filter& filter) {
    HUTONG_CO_ASSIGN(const std::string list, co_await whole_list(session, one.owner, filter));
    one.told = to_hex(sha256(list));
    co_return OrFault<void>();
}

Awaitable<OrFault<Subscription>> save_one(pg::Session& session, const xml::Element& asked, Context& context) {
    Subscription one;
    const std::string& org = context.publisher.org;
    one.owner = org;
    const std::string key = fold_key(text_in(asked, "subscriptionKey"));
    if (key.empty()) {
        one.key = new_key();
        one.notified = system_clock().now();
    } else {
        HUTONG_CO_ASSIGN(one, co_await owned(session, key, org));
    }
    const std::string filter_before = one.filter;
    HUTONG_CO_TRY(apply(asked, one, context.notifications.shortest_interval));
    HUTONG_CO_ASSIGN(const Filter filter, read_filter(one.filter));
    if (!one.binding.empty())
        HUTONG_CO_TRY(co_await check_listener(session, one, context.notifications.listeners));
    if (one.binding.empty() || !filter.is_list()) one.told.clear();
    if (!one.binding.empty() && filter.is_list() && (one.told.empty() || one.filter != filter_before))
        HUTONG_CO_TRY(co_await begin_with(session, one, filter));
    HUTONG_CO_TRY(co_await store(session, one));
    if (one.filter != filter_before) HUTONG_CO_TRY(co_await forget_matches(session, one));
    HUTONG_CO_TRY(co_await note_matches(session, one, filter));
    co_return one;
}

}  // namespace

Answer save_subscription(Context& context, xml::Element asked) {
    std::string text;
    auto work = [&context, asked, &text](pg::Session& session) -> Awaitable<OrFault<void>> {
        text.clear();
        HUTONG_QUERY(expired, session,
                     "delete from uddi_subscriptions where expires < now() - interval '1 day'");
        for (const xml::Element one : asked.children(ns_subscription, "subscription")) {
            HUTONG_CO_ASSIGN(const Subscription saved, co_await save_one(session, one, context));
            text += text_of(saved);
        }
        // Those that were there before count too; renewing them adds none.
        HUTONG_QUERY(count, session, "select count(*) from uddi_subscriptions where owner = $1",
                     with(context.publisher.org));
        if (count.integer(0, 0) > most_subscriptions)
            co_return Fault(
                failure::account_limit,
                "An organisation may have " + std::to_string(most_subscriptions) + " subscriptions.");
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return "<subscriptions xmlns=\"" + std::string(ns_subscription) + "\">" + text + "</subscriptions>";
}

Answer get_subscriptions(Context& context, xml::Element) {
    HUTONG_CO_ASSIGN(const auto all, co_await read_subscriptions(
                                         context.pool, "where owner = $1 and expires > now() order by key",
                                         with(context.publisher.org)));
    std::string text;
    for (const Subscription& one : all) text += text_of(one);
    co_return "<subscriptions xmlns=\"" + std::string(ns_subscription) + "\">" + text + "</subscriptions>";
}

Answer delete_subscription(Context& context, xml::Element asked) {
    auto work = [&context, asked](pg::Session& session) -> Awaitable<OrFault<void>> {
        for (const xml::Element key : asked.children(ns_subscription, "subscriptionKey")) {
            HUTONG_CO_ASSIGN(const Subscription one,
                             co_await owned(session, fold_key(key.text()), context.publisher.org));
            HUTONG_QUERY(gone, session, "delete from uddi_subscriptions where key = $1", with(one.key));
        }
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return std::string();
}

Answer get_subscription_results(Context& context, xml::Element asked) {
    const xml::Element period = asked.child(ns_subscription, "coveragePeriod");
    HUTONG_CO_ASSIGN(const TimePoint from, time_in(period, "startPoint", TimePoint()));
    HUTONG_CO_ASSIGN(const TimePoint until, time_in(period, "endPoint", system_clock().now()));
    if (from > until) co_return Fault(failure::invalid_time, "The coveragePeriod ends before it begins.");
    unsigned offset = 0;
    if (const std::string token = text_in(asked, "chunkToken"); !token.empty()) {
        const auto [end, wrong] = std::from_chars(token.data(), token.data() + token.size(), offset);
        if (wrong != std::errc{} || end != token.data() + token.size())
            co_return Fault(failure::invalid_value, "The chunkToken is none that this registry gave.");
    }
    std::string text;
    auto work = [&context, asked, from, until, offset,
                 &text](pg::Session& session) -> Awaitable<OrFault<void>> {
        const std::string key = fold_key(text_in(asked, "subscriptionKey"));
        HUTONG_CO_ASSIGN(const Subscription one, co_await owned(session, key, context.publisher.org));
        HUTONG_CO_ASSIGN(const Filter filter, read_filter(one.filter));
        HUTONG_CO_TRY(co_await note_matches(session, one, filter));
        HUTONG_CO_ASSIGN(text,
                         co_await results_of(session, one, filter, from, until, offset, context.public_url));
        co_return OrFault<void>();
    };
    HUTONG_CO_TRY(co_await in_transaction(context.pool, work));
    co_return text;
}

}  // namespace hutong::registry::uddi
