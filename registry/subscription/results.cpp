// What subscriptions match and have to tell.
#include "base/coroutine.hpp"
#include "registry/inquiry/inquiry.hpp"
#include "registry/model/uddi/entity_reader.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/assertions.hpp"
#include "registry/store/sql.hpp"
#include "registry/store/uddi/details.hpp"
#include "registry/subscription/subscription.hpp"

namespace hutong::registry::uddi {

namespace {

std::optional<Kind> kind_of(std::string_view request) {
    if (request == "find_business" || request == "get_businessDetail") return Kind::business;
    if (request == "find_service" || request == "get_serviceDetail") return Kind::service;
    if (request == "find_binding" || request == "get_bindingDetail") return Kind::binding;
    if (request == "find_tModel" || request == "get_tModelDetail") return Kind::tmodel;
    return std::nullopt;
}

std::string key_bag(bool deleted, Kind kind, const std::vector<std::string>& keys) {
    if (keys.empty()) return {};
    const std::string tag(key_name_of(kind));
    std::string text = element("deleted", deleted ? "true" : "false");
    for (const std::string& key : keys)
        text += "<" + tag + " xmlns=\"" + std::string(ns) + "\">" + xml::escape(key) + "</" + tag + ">";
    return enclosed("keyBag", text);
}

Awaitable<OrFault<std::vector<std::string>>> gone_keys(pg::Session& session, const Subscription& subscription,
                                                       TimePoint from, TimePoint until) {
    HUTONG_QUERY(
        rows, session,
        "select entity from uddi_subscription_matches where subscription = $1 and gone >= $2 and gone <= $3 "
        "order by entity",
        with(subscription.key, format_utc(from), format_utc(until)));
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < rows.size(); ++i) keys.emplace_back(rows.text(i, 0));
    co_return keys;
}

struct Changed {
    std::string text;  // the answer that the filter's request would have, of what changed
    std::vector<std::string> keys;
    unsigned total{0};
};

Awaitable<OrFault<Changed>> changed(pg::Session& session, const Filter& filter, Find find,
                                    const std::string& public_url) {
    Changed told;
    HUTONG_CO_ASSIGN(FoundAnswer found, co_await answer_find(session, find, public_url));
    told.keys = found.keys;
    told.total = found.total;
    told.text = std::move(found.text);
    if (filter.details && !told.keys.empty()) {
        HUTONG_CO_ASSIGN(const std::string text, co_await details(session, find.kind, told.keys, public_url));
        told.text = answer_element(detail_of(find.kind), text);
    }
    co_return told;
}

std::string results_list(const Subscription& subscription, Period period, const std::string& chunk,
                         const std::string& content) {
    return "<subscriptionResultsList xmlns=\"" + std::string(ns_subscription) + "\">" +
           (chunk.empty() ? std::string() : element("chunkToken", chunk)) +
           enclosed("coveragePeriod", element("startPoint", format_utc(period.from)) +
                                          element("endPoint", format_utc(period.until))) +
           text_of(subscription) + content + "</subscriptionResultsList>";
}

Find within(Find find, Period period) {
    find.changed_from = format_utc(period.from);
    find.changed_until = format_utc(period.until);
    return find;
}

}  // namespace

Awaitable<OrFault<std::string>> whole_list(pg::Session& session, std::string org, const Filter& filter) {
    if (filter.status) co_return co_await assertion_status_report(session, org, *filter.status);
    HUTONG_CO_ASSIGN(const RelatedFound found, co_await find_related(session, *filter.related));
    std::string infos;
    if (found.count > 0) infos = enclosed("relatedBusinessInfos", found.infos);
    co_return answer_element("relatedBusinessesList", element("businessKey", filter.related->key) + infos);
}

OrFault<Filter> read_filter(const std::string& text) {
    HUTONG_ASSIGN(const xml::Document document, xml::parse(text));
    const xml::Element request = document.root();
    Filter filter;
    filter.request = request.local();
    filter.details = filter.request.starts_with("get_");
    if (filter.request == "find_relatedBusinesses") {
        HUTONG_ASSIGN(RelatedTo related, read_related(request));
        filter.related = std::move(related);
        return filter;
    }
    if (filter.request == "get_assertionStatusReport") {
        filter.status = child_text(request, "completionStatus");
        return filter;
    }
    const auto kind = kind_of(filter.request);
    if (!kind)
        return Fault(failure::unsupported, "A subscription to " + filter.request + " is not supported here.");
    Find find;
    if (filter.details) {
        find.kind = *kind;
        for (const xml::Element key : request.children(ns, key_name_of(*kind)))
            find.keys.push_back(fold_key(key.text()));
    } else {
        HUTONG_ASSIGN(find, read_find(request, *kind));
        find.window = {};
    }
    filter.find = std::move(find);
    return filter;
}

Awaitable<OrFault<void>> note_matches(pg::Session& session, const Subscription& subscription,
                                      const Filter& filter) {
    if (filter.is_list()) co_return OrFault<void>();
    HUTONG_CO_ASSIGN(const auto keys, co_await matching_keys(session, *filter.find));
    const std::string now = pg::array(std::vector<pg::Param>(keys.begin(), keys.end()));
    HUTONG_QUERY(
        lost, session,
        "update uddi_subscription_matches m set gone = greatest($3::timestamptz, coalesce((select "
        "modified_below from uddi_entities where key = m.entity), (select gone from uddi_departed where key "
        "= "
        "m.entity), now())) where m.subscription = $1 and m.gone is null and not m.entity = any($2::text[])",
        with(subscription.key, now, format_utc(subscription.notified)));
    HUTONG_QUERY(
        met, session,
        "insert into uddi_subscription_matches (subscription, entity) select $1, k from unnest($2::text[]) k "
        "on conflict (subscription, entity) do update set gone = null "
        "where uddi_subscription_matches.gone is not null",
        with(subscription.key, now));
    co_return OrFault<void>();
}

Awaitable<OrFault<void>> forget_matches(pg::Session& session, const Subscription& subscription) {
    HUTONG_QUERY(forgotten, session, "delete from uddi_subscription_matches where subscription = $1",
                 with(subscription.key));
    co_return OrFault<void>();
}

Awaitable<OrFault<std::string>> results_of(pg::Session& session, const Subscription& subscription,
                                           const Filter& filter, TimePoint from, TimePoint until,
                                           unsigned offset, const std::string& public_url) {
    std::string told, bags, chunk;
    const Period period{from, until};
    if (filter.is_list()) {
        HUTONG_CO_ASSIGN(told, co_await whole_list(session, subscription.owner, filter));
    } else {
        Find find = within(*filter.find, period);
        find.qualifiers.by_date = Qualifiers::Order::ascending;
        find.window.head = offset + 1;
        find.window.most = subscription.most_entities;
        HUTONG_CO_ASSIGN(Changed now, co_await changed(session, filter, find, public_url));
        if (subscription.brief)
            bags = key_bag(false, find.kind, now.keys);
        else if (!now.keys.empty())
            told = std::move(now.text);
        if (offset + now.keys.size() < now.total) chunk = std::to_string(offset + now.keys.size());
        if (offset == 0) {
            HUTONG_CO_ASSIGN(const auto gone, co_await gone_keys(session, subscription, from, until));
            bags += key_bag(true, find.kind, gone);
        }
    }
    co_return results_list(subscription, period, chunk, told + bags);
}

Awaitable<OrFault<Changes>> changes_of(pg::Session& session, const Subscription& subscription,
                                       const Filter& filter, Period period) {
    Changes changes;
    const Find find = within(*filter.find, period);
    HUTONG_CO_ASSIGN(changes.changed, co_await matching_keys(session, find));
    HUTONG_CO_ASSIGN(changes.gone, co_await gone_keys(session, subscription, period.from, period.until));
    co_return changes;
}

Awaitable<OrFault<std::string>> told_changes(pg::Session& session, const Subscription& subscription,
                                             const Filter& filter, Period period, const Changes& changes,
                                             const std::string& public_url) {
    std::string told, bags;
    if (subscription.brief) {
        bags = key_bag(false, filter.find->kind, changes.changed);
    } else if (!changes.changed.empty()) {
        Find find = *filter.find;
        find.keys = changes.changed;
        HUTONG_CO_ASSIGN(Changed now, co_await changed(session, filter, find, public_url));
        if (!now.keys.empty()) told = std::move(now.text);
    }
    bags += key_bag(true, filter.find->kind, changes.gone);
    co_return results_list(subscription, period, "", told + bags);
}

std::string told_list(const Subscription& subscription, Period period, const std::string& list) {
    return results_list(subscription, period, "", list);
}

}  // namespace hutong::registry::uddi
