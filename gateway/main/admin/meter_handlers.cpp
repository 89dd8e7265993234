// meter: how much was called, by whom.
#include "gateway/main/admin/handlers.hpp"
#include "gateway/main/coroutine.hpp"

namespace hutong::admin {

namespace {

constexpr std::chrono::days looked_back{31};  // unless somebody says since when

}  // namespace

Answer meter(Services& services, const Arguments& arguments) {
    registry::MeterQuery query;
    HUTONG_CO_ASSIGN(const auto consumer, arguments.optional_text("consumer"));
    HUTONG_CO_ASSIGN(const auto service, arguments.optional_text("service"));
    HUTONG_CO_ASSIGN(const auto since, arguments.optional_text("since"));
    HUTONG_CO_ASSIGN(const auto by, arguments.optional_text("by"));
    query.consumer = consumer.value_or("");
    query.service = service.value_or("");
    query.since = system_clock().now() - looked_back;
    if (since) {
        HUTONG_CO_ASSIGN(query.since, registry::parse_day_or_time("since", *since));
    }
    query.by = by.value_or("day");
    HUTONG_CO_ASSIGN(const auto rows, co_await services.metering->report(std::move(query)));
    json::array all;
    for (const registry::MeterRow& row : rows)
        all.push_back(json::object{{"from", format_utc(row.from)},
                                   {"consumer", row.consumer},
                                   {"service", row.service},
                                   {"operation", row.operation},
                                   {"calls", row.calls},
                                   {"faults", row.faults},
                                   {"bytes_in", row.bytes_in},
                                   {"bytes_out", row.bytes_out},
                                   {"milliseconds", row.microseconds / 1000}});
    co_return json::value(std::move(all));
}

}  // namespace hutong::admin
