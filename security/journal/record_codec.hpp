// A Record as the body of a frame, and back. Pure functions.
#pragma once

#include "security/journal/journal.hpp"

namespace hutong::security::journal {

std::size_t encoded_bytes(const Record& record);
void encode(const Record& record, Bytes& out);
Result<Record> decode_record(ByteView body);  // error: corrupt

std::uint64_t to_nanoseconds(TimePoint time);
TimePoint from_nanoseconds(std::uint64_t nanoseconds);

}  // namespace hutong::security::journal
