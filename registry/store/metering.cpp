#include "registry/store/metering.hpp"

#include "registry/store/sql.hpp"

namespace hutong::registry {

Awaitable<Result<void>> Metering::add(const MeterBatch& batch) {
    std::vector<pg::Param> hours, consumers, services, operations, calls, faults, in, out, times;
    for (const MeterRow& row : batch.rows) {
        hours.emplace_back(format_utc(row.from));
        consumers.emplace_back(row.consumer);
        services.emplace_back(row.service);
        operations.emplace_back(row.operation);
        calls.emplace_back(std::to_string(row.calls));
        faults.emplace_back(std::to_string(row.faults));
        in.emplace_back(std::to_string(row.bytes_in));
        out.emplace_back(std::to_string(row.bytes_out));
        times.emplace_back(std::to_string(row.microseconds));
    }
    HUTONG_QUERY(
        added, pool_,
        "with fresh as (insert into metering_batches (node, run, number) values ($1, $2, $3) "
        "on conflict (node) do update set run = excluded.run, number = excluded.number "
        "where metering_batches.run <> excluded.run or metering_batches.number < excluded.number "
        "returning 1) insert into metering as m (hour, consumer, service, operation, calls, faults, "
        "bytes_in, bytes_out, microseconds) select * from unnest($4::timestamptz[], $5::text[], $6::text[], "
        "$7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[]) "
        "where exists (select 1 from fresh) on conflict (hour, consumer, service, operation) do update set "
        "calls = m.calls + excluded.calls, faults = m.faults + excluded.faults, "
        "bytes_in = m.bytes_in + excluded.bytes_in, bytes_out = m.bytes_out + excluded.bytes_out, "
        "microseconds = m.microseconds + excluded.microseconds",
        with(batch.node, batch.run, std::to_string(batch.number), pg::array(hours), pg::array(consumers),
             pg::array(services), pg::array(operations), pg::array(calls), pg::array(faults), pg::array(in),
             pg::array(out), pg::array(times)));
    co_return Result<void>();
}

Awaitable<Result<std::vector<MeterRow>>> Metering::report(MeterQuery query) {
    if (query.by != "hour" && query.by != "day" && query.by != "month")
        co_return invalid("by \"" + query.by + "\" is none of hour, day, month");
    HUTONG_QUERY(rows, pool_,
                 "select to_char(period, '" + std::string(utc) +
                     "'), consumer, service, operation, sum(calls)::bigint, sum(faults)::bigint, "
                     "sum(bytes_in)::bigint, sum(bytes_out)::bigint, sum(microseconds)::bigint from "
                     "(select date_trunc($1, hour at time zone 'UTC') as period, m.* from metering m "
                     "where hour >= date_trunc('hour', $2::timestamptz, 'UTC') and ($3::text is null or "
                     "consumer = $3) and ($4::text is null or service = $4)) counted "
                     "group by period, consumer, service, operation "
                     "order by period desc, consumer, service, operation limit $5",
                 with(query.by, format_utc(query.since), or_null(query.consumer), or_null(query.service),
                      std::to_string(most_rows)));
    std::vector<MeterRow> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto number = [&](std::size_t column) {
            return static_cast<std::uint64_t>(rows.integer(i, column));
        };
        MeterRow& row = all.emplace_back();
        row.from = parse_utc(rows.text(i, 0)).value();
        row.consumer = rows.text(i, 1);
        row.service = rows.text(i, 2);
        row.operation = rows.text(i, 3);
        row.calls = number(4);
        row.faults = number(5);
        row.bytes_in = number(6);
        row.bytes_out = number(7);
        row.microseconds = number(8);
    }
    co_return all;
}

}  // namespace hutong::registry
