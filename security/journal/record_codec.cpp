#include "security/journal/record_codec.hpp"

#include <array>

#include "security/journal/codec.hpp"

namespace hutong::security {

std::string_view to_string(RecordKind kind) {
    switch (kind) {
        case RecordKind::request:
            return "request";
        case RecordKind::response:
            return "response";
        case RecordKind::refusal:
            return "refusal";
        case RecordKind::content:
            return "content";
        case RecordKind::admin:
            return "admin";
        case RecordKind::node:
            return "node";
    }
    return "unknown";
}

namespace journal {

namespace {

constexpr std::uint8_t record_version = 1;

// The texts in the order they lie on disk; content is the last.
constexpr std::array<std::string Record::*, 11> texts{
    &Record::exchange, &Record::consumer,   &Record::service,    &Record::operation,
    &Record::signer,   &Record::message_id, &Record::replay_key, &Record::outcome,
    &Record::reason,   &Record::remote,     &Record::content};

}  // namespace

std::uint64_t to_nanoseconds(TimePoint time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

TimePoint from_nanoseconds(std::uint64_t nanoseconds) {
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
        std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds))));
}

std::size_t encoded_bytes(const Record& record) {
    std::size_t size = 2 + 8 + 8 + record.message_digest.size();
    for (const auto text : texts) size += 4 + (record.*text).size();
    return size;
}

void encode(const Record& record, Bytes& out) {
    Encoder to(out);
    to.number(record_version);
    to.number(static_cast<std::uint8_t>(record.kind));
    to.number(to_nanoseconds(record.time));
    to.number(record.message_bytes);
    to.raw(record.message_digest);
    for (const auto text : texts) to.text(record.*text);
}

Result<Record> decode_record(ByteView body) {
    Decoder from(body);
    if (const auto version = from.number<std::uint8_t>(); version != record_version)
        return Error{ErrorCode::corrupt, "record version " + std::to_string(version) +
                                             " is not known to this program (it knows 1)"};
    Record record;
    const auto kind = from.number<std::uint8_t>();
    record.kind = static_cast<RecordKind>(kind);
    record.time = from_nanoseconds(from.number<std::uint64_t>());
    record.message_bytes = from.number<std::uint64_t>();
    record.message_digest = from.digest();
    for (const auto text : texts) record.*text = from.text();
    if (!from.exact() || kind < 1 || kind > 6)
        return Error{ErrorCode::corrupt, "the record's fields do not fit"};
    return record;
}

}  // namespace journal

}  // namespace hutong::security
