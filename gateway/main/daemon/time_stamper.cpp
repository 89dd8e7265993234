#include "gateway/main/daemon/time_stamper.hpp"

#include "gateway/main/coroutine.hpp"

namespace hutong::daemon {

namespace {

constexpr std::chrono::minutes clock_differences{5};

}  // namespace

Result<void> check_clock(const security::Timestamp& stamp, TimePoint now) {
    if (stamp.time <= now + clock_differences && stamp.time >= now - clock_differences) return {};
    return refused("the timestamp authority " + stamp.tsa + " says that it is " + format_utc(stamp.time) +
                   ", this node's clock says " + format_utc(now) +
                   ": more than five minutes apart; set the clock that is wrong");
}

Awaitable<Result<security::Stamped>> TimeStamper::stamp(Sha256Digest imprint) const {
    security::TimestampInput expected;
    expected.imprint = imprint;
    expected.nonce = random_bytes(8);
    (*expected.nonce)[0] |= 0x40;  // as an INTEGER it keeps its length
    expected.anchors = how_.anchors;
    Bytes query = security::timestamp_query(expected.imprint, *expected.nonce);
    security::Stamped stamped;
    HUTONG_CO_ASSIGN(stamped.answer, co_await ask(std::move(query)));
    HUTONG_CO_ASSIGN(stamped.facts, security::read_timestamp(stamped.answer, expected));
    const security::Timestamp& facts = stamped.facts;
    HUTONG_CO_TRY(check_clock(facts, system_clock().now()));
    if (how_.url && !facts.trusted)
        co_return refused("the timestamp authority " + facts.tsa +
                          " is not vouched for by journal.timestamp.roots: " + facts.distrust);
    co_return stamped;
}

Awaitable<Result<Bytes>> TimeStamper::ask(Bytes query) const {
    if (!how_.url) {
        const auto own = how_.own();
        if (!own)
            co_return unavailable(
                "this node has no key for timestamps (keys/tsa.key) and journal.timestamp.url is empty");
        auto answer = [&own, &query] { return own->answer(query, system_clock().now()); };
        co_return co_await run_on(*how_.signing, std::move(answer));
    }
    http::OutgoingRequest request;
    request.headers.add("Content-Type", "application/timestamp-query");
    request.body.push_back({std::string(as_text(query)), nullptr, 0, 0});
    const auto answer = co_await how_.client->send(*how_.url, std::move(request));
    if (answer.has_error()) co_return answer.error().error;
    if (answer->status != 200)
        co_return unavailable("the timestamp authority answers with HTTP status " +
                              std::to_string(answer->status));
    HUTONG_CO_ASSIGN(
        const std::string text,
        answer->body.text(0, std::min<std::uint64_t>(answer->body.size(), security::longest_timestamp)));
    co_return Bytes(text.begin(), text.end());
}

}  // namespace hutong::daemon
