// Freshness.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

using security::Rejection;
using test::reference;
using test::WssTemplate;

void times(Table& table) {
    const auto times = [](const std::string& created, const std::string& expires) {
        return plain([&](WssTemplate& m) {
            m.created = created;
            m.expires = expires;
        });
    };
    const auto expired = Rejection::Kind::expired;
    table.signed_so("expired", times("2026-11-23T07:50:00Z", "2026-11-23T07:55:00Z"), "expired at", expired);
    table.signed_so("older than freshness, whatever its Expires says",
                    times("2026-11-23T07:50:00Z", "2036-11-23T08:04:00Z"), "expired at", expired);
    table.signed_so("created in the future", times("2026-11-23T08:02:00Z", "2026-11-23T08:04:00Z"),
                    "in the future", expired);
    table.signed_so("missing Expires", times("2026-11-23T07:59:00Z", ""), "no Expires", expired);
    table.signed_so("expires before created", times("2026-11-23T08:00:00Z", "2026-11-23T07:59:59Z"),
                    "before it was created", expired);
    table.signed_so("no time zone", times("2026-11-23T07:59:00", "2026-11-23T08:04:00"), "time zone",
                    expired);
    table.signed_so("no time", times("yesterday", "tomorrow"), "xs:dateTime", expired);
    table.changed(
        "no Timestamp", [](std::string text) { return replaced(text, timestamp_of(text), ""); },
        "there is no wsu:Timestamp", plain([](WssTemplate& m) { m.references = {reference("Body")}; }),
        expired);
}

}  // namespace hutong::attack
