// libFuzzer: HTTP requests off the wire. A message ends at the same byte and says the same however the bytes
// come in, and what is taken has a head that a second program could not read otherwise.
#include <cstdint>
#include <cstdlib>

#include "gateway/http/target.hpp"
#include "gateway/http/wire_reader.hpp"

namespace {

using namespace hutong;
using namespace hutong::http;

struct Collected final : BodySink {
    std::string bytes;
    Result<void> take(std::string_view more) override {
        bytes += more;
        return {};
    }
};

struct Reading {
    bool taken{false};
    Head head;
    std::string body;
    std::size_t end{0};
    bool done{false};
};

Reading read(std::string_view wire, std::size_t step) {
    Reading result;
    const std::size_t length = head_length(wire, 0);
    if (length == 0) return result;
    WireReader reader(WireReader::Kind::request, 32u << 10);
    if (reader.head(wire.substr(0, length), result.head)) return result;
    result.end = length;
    Collected sink;
    std::size_t offered = std::min(wire.size(), length + step);
    while (!reader.done()) {
        const auto used = reader.body(wire.substr(result.end, offered - result.end), sink);
        if (used.has_error()) return result;
        result.end += *used;
        if (offered == wire.size() && *used == 0) break;
        offered = std::min(wire.size(), offered + step);
    }
    result.taken = true;
    result.done = reader.done();
    result.body = std::move(sink.bytes);
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view wire(reinterpret_cast<const char*>(data), size);
    const Reading whole = read(wire, wire.size() + 1);
    const Reading slow = read(wire, 1);
    if (whole.taken != slow.taken || whole.done != slow.done) std::abort();
    if (whole.done && (whole.end != slow.end || whole.body != slow.body)) std::abort();
    if (!whole.taken) return 0;
    if (whole.head.headers.count("Content-Length") > 1 || whole.head.headers.count("Transfer-Encoding") > 1 ||
        (whole.head.headers.count("Content-Length") != 0 &&
         whole.head.headers.count("Transfer-Encoding") != 0))
        std::abort();
    if (whole.done && whole.head.content_length && whole.body.size() != *whole.head.content_length)
        std::abort();
    const auto target = parse_target(whole.head.target);
    if (target.has_value() && (target->path.empty() || target->path.front() != '/')) std::abort();
    return 0;
}
