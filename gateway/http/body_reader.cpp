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

Awaitable<Result<bool>> BodyReader::some(BodySink& sink) {
    const auto ours = now() - left_;
    start_ += ours;
    if (pace_.end != never) pace_.end += ours;
    bool taken = false;
    while (!reader_.done()) {
        if (!buffer_.empty()) {
            const auto used = reader_.body(buffer_.data(), sink);
            if (used.has_error()) co_return used.error();
            buffer_.consume(*used);
            taken = taken || *used > 0;
            if (*used > 0 && !buffer_.empty()) continue;
        }
        if (taken) break;
        const auto room = buffer_.prepare(body_buffer);
        if (room.empty()) co_return invalid("a chunk header or trailer is too long");
        stream_.set_deadline(pace_.deadline(start_, received_));
        const Transfer got = co_await stream_.read_some(room.data(), room.size());
        if (got.error == asio::error::eof) {
            if (const auto cut = reader_.end(); cut.has_error()) co_return cut.error();
            break;
        }
        if (got.error == asio::error::timed_out) {
            co_return Error{ErrorCode::timeout,
                            "the body came too slowly: " + std::to_string(received_) + " bytes so far"};
        }
        if (got.error)
            co_return unavailable("the connection was lost in the middle of the body: " +
                                  got.error.message());
        buffer_.commit(got.bytes);
        received_ += got.bytes;
    }
    left_ = now();
    co_return !reader_.done();
}

Awaitable<Result<void>> BodyReader::all(BodySink& sink) {
    for (bool more = true; more;) {
        const auto read = co_await some(sink);
        if (read.has_error()) co_return read.error();
        more = *read;
    }
    co_return Result<void>{};
}

}  // namespace hutong::http
