#include "gateway/main/admin/record_keeper.hpp"

#include <boost/json/serialize.hpp>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "gateway/stages/journal_calls.hpp"

namespace hutong::admin {

namespace {

constexpr std::size_t longest_reason = 2000;

bool continues_a_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;  // UTF-8, RFC 3629 section 3
}

}  // namespace

std::string command_for_the_record(std::string_view command) {
    return is_name(command) ? std::string(command) : "sha256:" + to_hex(sha256(command));
}

std::string reason_for_the_record(std::string_view reason) {
    if (reason.size() <= longest_reason) return std::string(reason);
    std::size_t end = longest_reason;
    while (end > 0 && continues_a_character(reason[end])) --end;
    return std::string(reason.substr(0, end)) + "… (" + std::to_string(reason.size()) + " bytes)";
}

security::Record RecordKeeper::record_of(std::string_view command, json::object arguments,
                                         const Caller& caller) {
    json::object content = caller.record();
    content["arguments"] = std::move(arguments);
    security::Record record;
    record.kind = security::RecordKind::admin;
    record.exchange = new_incident_id();
    record.operation = command_for_the_record(command);
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
    record.reason = reason_for_the_record(reason);
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
