#include "gateway/main/admin/record_keeper.hpp"

#include <boost/json/serialize.hpp>

#include "base/ids.hpp"
#include "gateway/stages/journal_calls.hpp"

namespace hutong::admin {

security::Record RecordKeeper::record_of(std::string_view command, json::object arguments,
                                         const Caller& caller) {
    json::object content = caller.record();
    content["arguments"] = std::move(arguments);
    security::Record record;
    record.kind = security::RecordKind::admin;
    record.exchange = new_incident_id();
    record.operation = command;
    record.remote = caller.text();
    record.content = json::serialize(content);
    record.message_bytes = record.content.size();
    record.message_digest = sha256(record.content);
    return record;
}

security::Record RecordKeeper::ended(security::Record record, std::string_view outcome,
                                     std::string_view reason) {
    record.time = system_clock().now();
    record.outcome = outcome;
    record.reason = reason;
    return record;
}

security::Record RecordKeeper::answered(security::Record record, const Result<json::value>& answer) {
    if (answer.has_value()) return ended(std::move(record), "ok");
    return ended(std::move(record), to_string(answer.error().code), answer.error().detail);
}

Awaitable<Result<void>> RecordKeeper::write(security::Record record) {
    const auto written = co_await gateway::append_durably(journal_, std::move(record));
    if (written.has_error()) co_return written.error();
    co_return Result<void>();
}

}  // namespace hutong::admin
