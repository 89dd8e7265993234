#include "gateway/stages/read_message.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/message_reading.hpp"

namespace hutong::gateway {

namespace {

constexpr std::uint64_t read_on_data_thread = 64u << 10;

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::limit:
            return 413;
        case ErrorCode::timeout:
            return 408;
        case ErrorCode::unavailable:
            return 503;
        default:
            return 400;
    }
}

}  // namespace

Awaitable<std::optional<Refusal>> ReadMessageStage::request(Exchange& exchange) {
    const config::Config& config = exchange.settings->config;
    SoapMessage& message = exchange.message;
    message.body = http::Payload(config.http.buffer_bytes, exchange.settings->spool);
    message.body.keep_digest();
    auto reception = Reception::make(message, config);
    if (reception.has_error())
        co_return refuse::sender("The message is no SOAP envelope: " + reception.error().detail + ".");
    MessageReading reading(exchange, exchange.route->request_policy(), *reception);
    for (bool more = true; more;) {
        const auto read = co_await exchange.request.read_some(*reception);
        if (read.has_error())
            co_return refuse::not_soap(status_of(read.error().code),
                                       "The body could not be read: " + read.error().detail + ".");
        more = *read;
        if (!more) reception->finish();
        if (!reading.due()) continue;
        // No conditional expression: g++ 12 destroys its result twice when one side is a co_await.
        std::optional<Refusal> refusal;
        if (message.body.size() <= read_on_data_thread)
            refusal = reading.advance();
        else
            refusal = co_await run_on(heavy_, [&] { return reading.advance(); });
        if (refusal) co_return refusal;
    }
    if (!reading.wants_tree()) co_return std::nullopt;
    auto done = co_await trees_.run([&] { return reading.read_as_tree(); });
    if (!done)
        co_return refuse::receiver("The gateway has too many messages of this kind at once; try again later.",
                                   "the queue of messages that are read as a tree is full");
    co_return std::move(*done);
}

}  // namespace hutong::gateway
