#include "gateway/http/body_reader.hpp"

#include <algorithm>

namespace hutong::http {

namespace {

constexpr std::size_t body_buffer = 64u << 10;
constexpr std::chrono::seconds rate_grace{10};

}  // namespace

Instant Pace::deadline(Instant start, std::uint64_t received) const {
    Instant when = end;
    if (standstill.count() > 0) when = std::min(when, now() + standstill);
    if (min_rate > 0) {
        const std::chrono::seconds earned(received / min_rate);
        when = std::min(when, start + std::max(rate_grace, earned));
    }
    return when;
}

Awaitable<Result<void>> read_message_body(Stream& stream, ReadBuffer& buffer, WireReader& reader,
                                          BodySink& sink, Pace pace) {
    const Instant start = now();
    std::uint64_t received = 0;
    while (!reader.done()) {
        if (!buffer.empty()) {
            const auto used = reader.body(buffer.data(), sink);
            if (used.has_error()) co_return used.error();
            buffer.consume(*used);
            if (*used > 0) continue;
        }
        const auto room = buffer.prepare(body_buffer);
        if (room.empty()) co_return invalid("a chunk header or trailer is too long");
        stream.set_deadline(pace.deadline(start, received));
        const Transfer got = co_await stream.read_some(room.data(), room.size());
        if (got.error == asio::error::eof) co_return reader.end();
        if (got.error == asio::error::timed_out) {
            co_return Error{ErrorCode::timeout,
                            "the body came too slowly: " + std::to_string(received) + " bytes so far"};
        }
        if (got.error)
            co_return unavailable("the connection was lost in the middle of the body: " +
                                  got.error.message());
        buffer.commit(got.bytes);
        received += got.bytes;
    }
    co_return Result<void>{};
}

}  // namespace hutong::http
