#include "registry/subscription/subscription.hpp"

#include <cctype>

#include "base/coroutine.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/store/sql.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::int64_t longest = 10LL * 365 * 86400;

}  // namespace

std::string text_of(const Subscription& one) {
    std::string text = "<subscription xmlns=\"" + std::string(ns_subscription) + "\"" +
                       attribute("brief", one.brief ? "true" : "false") + ">" +
                       element("subscriptionKey", one.key) + enclosed("subscriptionFilter", one.filter);
    if (!one.binding.empty())
        text += "<bindingKey xmlns=\"" + std::string(ns) + "\">" + xml::escape(one.binding) + "</bindingKey>";
    if (!one.interval.empty()) text += element("notificationInterval", one.interval);
    if (one.most_entities) text += element("maxEntities", std::to_string(*one.most_entities));
    return text + element("expiresAfter", format_utc(one.expires)) + "</subscription>";
}

OrFault<std::int64_t> seconds_of(std::string_view duration) {
    const Fault wrong(failure::invalid_value,
                      "notificationInterval is no positive duration of ten years at most, such as PT1H.");
    if (!duration.starts_with('P')) return wrong;
    duration.remove_prefix(1);
    bool time = false;
    std::int64_t total = 0, number = 0;
    bool digits = false;
    for (const char c : duration) {
        if (c == 'T') {
            time = true;
        } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
            number = number * 10 + (c - '0');
            digits = true;
            if (number > longest) return wrong;
        } else {
            const std::int64_t unit = c == 'Y'   ? 365 * 86400
                                      : c == 'D' ? 86400
                                      : c == 'H' ? 3600
                                      : c == 'S' ? 1
                                      : c == 'M' ? (time ? 60 : 30 * 86400)
                                                 : 0;
            if (unit == 0 || !digits || number > longest / unit) return wrong;
            total += number * unit;
            number = 0;
            digits = false;
        }
    }
    if (total <= 0 || total > longest || digits) return wrong;
    return total;
}

Awaitable<Result<std::vector<Subscription>>> read_subscriptions(pg::Session& session, std::string condition,
                                                                pg::Params params) {
    HUTONG_QUERY(
        rows, session,
        "select key, owner, filter, binding, interval, coalesce(seconds, 0), most_entities, brief, " +
            as_utc("expires") + ", " + as_utc("notified") +
            ", failures, coalesce(told, '') from uddi_subscriptions " + condition,
        std::move(params));
    std::vector<Subscription> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Subscription one;
        one.key = rows.text(i, 0);
        one.owner = rows.text(i, 1);
        one.filter = rows.text(i, 2);
        one.binding = rows.text(i, 3);
        one.interval = rows.text(i, 4);
        one.seconds = rows.integer(i, 5);
        if (rows.value(i, 6)) one.most_entities = static_cast<unsigned>(rows.integer(i, 6));
        one.brief = rows.boolean(i, 7);
        one.expires = parse_utc(rows.text(i, 8)).value();
        one.notified = parse_utc(rows.text(i, 9)).value();
        one.failures = static_cast<unsigned>(rows.integer(i, 10));
        one.told = rows.text(i, 11);
        all.push_back(std::move(one));
    }
    co_return all;
}

}  // namespace hutong::registry::uddi
