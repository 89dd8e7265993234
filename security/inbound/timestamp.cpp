#include "security/inbound/timestamp.hpp"

#include <algorithm>

#include "base/xml/soap.hpp"
#include "security/xmldsig/nodes.hpp"

namespace hutong::security {

namespace {

Result<TimePoint> read_time(xml::Element timestamp, std::string_view local) {
    const auto found = timestamp.children(soap::ns_wsu, local);
    if (found.size() != 1)
        return refused("the Timestamp has " + std::string(found.empty() ? "no " : "more than one ") +
                       std::string(local));
    const auto text = plain_text(found.front());
    if (!text) return refused("the Timestamp's " + std::string(local) + " holds more than text");
    const auto time = parse_utc(*text);
    if (time.has_error())
        return refused("the Timestamp's " + std::string(local) + " is " + time.error().detail);
    return time;
}

}  // namespace

Result<Lifetime> judge_timestamp(xml::Element timestamp, const TimeLimits& limits, TimePoint now) {
    Lifetime life{};
    HUTONG_ASSIGN(life.created, read_time(timestamp, "Created"));
    HUTONG_ASSIGN(life.expires, read_time(timestamp, "Expires"));
    const std::string created = format_utc(life.created);
    if (life.expires <= life.created)
        return refused("the Timestamp expires before it was created: " + created);
    if (life.created > now + limits.clock_skew)
        return refused("the Timestamp was created in the future: " + created + ", now " + format_utc(now));
    // A sender may ask for a longer life, but is not given it.
    life.expires = std::min<TimePoint>(life.expires, life.created + limits.freshness);
    if (life.expires + limits.clock_skew <= now)
        return refused("the Timestamp of " + created + " expired at " + format_utc(life.expires) + ", now " +
                       format_utc(now));
    return life;
}

}  // namespace hutong::security
