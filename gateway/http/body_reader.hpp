// Reads one message's body from a Stream into a sink, at a pace the sender must keep. Internal to this
// folder.
#pragma once

#include "gateway/http/read_buffer.hpp"
#include "gateway/http/stream.hpp"
#include "gateway/http/wire_reader.hpp"

namespace hutong::http {

// How long a sender may take.
struct Pace {
    Instant end{never};          // for the whole body
    std::uint64_t min_rate{0};   // bytes per second on average, once ten seconds are over; 0: none
    milliseconds standstill{0};  // between two reads; 0: none

    Instant deadline(Instant start, std::uint64_t received) const;
};

// Until the message ends. Errors: timeout, invalid (malformed or cut), unavailable (connection lost), the
// sink's.
Awaitable<Result<void>> read_message_body(Stream& stream, ReadBuffer& buffer, WireReader& reader,
                                          BodySink& sink, Pace pace);

}  // namespace hutong::http
