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

// Errors: timeout, invalid (malformed or cut), unavailable (connection lost), the sink's.
class BodyReader {
  public:
    BodyReader(Stream& stream, ReadBuffer& buffer, WireReader& reader, Pace pace)
        : stream_(stream), buffer_(buffer), reader_(reader), pace_(pace), start_(now()), left_(start_) {}

    // What is there or comes next; false when the message has ended. The time between two calls is ours and
    // not held against the sender.
    Awaitable<Result<bool>> some(BodySink& sink);
    Awaitable<Result<void>> all(BodySink& sink);

  private:
    Stream& stream_;
    ReadBuffer& buffer_;
    WireReader& reader_;
    Pace pace_;
    Instant start_;
    Instant left_;  // when the last call returned
    std::uint64_t received_{0};
};

}  // namespace hutong::http
