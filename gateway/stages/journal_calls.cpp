#include "gateway/stages/journal_calls.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/sign_reply.hpp"

namespace hutong::gateway {

namespace {

using security::Record;
using security::RecordKind;

constexpr std::uint64_t content_record_bytes = 1u << 20;

Record record_of(const Exchange& exchange, RecordKind kind) {
    Record record;
    record.kind = kind;
    record.exchange = exchange.id;
    record.time = kind == RecordKind::request ? exchange.received : system_clock().now();
    if (exchange.consumer) record.consumer = exchange.consumer->id;
    record.service = exchange.path_service;
    if (exchange.operation != nullptr) record.operation = exchange.operation->name;
    record.signer = exchange.trust.thumbprint;
    if (exchange.claims && exchange.claims->message_id) record.message_id = *exchange.claims->message_id;
    record.remote = exchange.request.remote;
    return record;
}

std::string outcome_of(const Exchange& exchange) {
    if (!exchange.refusal)
        return exchange.reply.status < 300 ? "ok" : "fault " + std::to_string(exchange.reply.status);
    if (exchange.refusal->http_status != 0) return "http " + std::to_string(exchange.refusal->http_status);
    const soap::FaultCode& code = exchange.refusal->code;
    if (!code.detail_code.local.empty()) return code.detail_code.local;
    return code.side == soap::FaultCode::Side::sender ? "Client" : "Server";
}

Refusal away(const Error& error) {
    return refuse::receiver(
        "The gateway cannot keep evidence of calls at this moment, so it takes none; try again later.",
        error.detail);
}

}  // namespace

Awaitable<Result<security::Position>> append_durably(security::Journal& journal, Record record) {
    using Signature = void(Result<security::Position>);
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), Signature>(
        [&journal](auto handler, Record moved) {
            // The writer's thread must not run the coroutine; it posts it back to where it came from.
            auto executor = asio::get_associated_executor(handler);
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            journal.append(std::move(moved), [executor, shared](Result<security::Position> position) {
                asio::post(executor, [shared, position = std::move(position)]() mutable {
                    (*shared)(std::move(position));
                });
            });
        },
        asio::use_awaitable, std::move(record));
}

// Whole messages go as content records of bounded size, so memory does not grow with the message.
static Awaitable<Result<void>> append_content(security::Journal& journal, const Exchange& exchange,
                                              std::vector<http::Piece> pieces, RecordKind of) {
    for (const http::Piece& piece : pieces) {
        for (std::uint64_t at = 0; at < piece.size(); at += content_record_bytes) {
            Record record = record_of(exchange, RecordKind::content);
            record.outcome = std::string(to_string(of));
            const std::uint64_t length = std::min(content_record_bytes, piece.size() - at);
            if (piece.payload != nullptr) {
                auto text = piece.payload->text(piece.offset + at, length);
                if (text.has_error()) co_return text.error();
                record.content = std::move(*text);
            } else {
                record.content = piece.text.substr(at, length);
            }
            const auto written = co_await append_durably(journal, std::move(record));
            if (written.has_error()) co_return written.error();
        }
    }
    co_return Result<void>{};
}

Awaitable<std::optional<Refusal>> JournalStage::request(Exchange& exchange) {
    const registry::JournalLevel level = exchange.journal_level();
    if (level == registry::JournalLevel::none) {
        // Who called what is not kept, but that this message was taken is: a restart must not forget it.
        exchange.accepted = exchange.replay_key.empty();
        if (exchange.accepted) co_return std::nullopt;
        Record taken;
        taken.kind = RecordKind::request;
        taken.exchange = exchange.id;
        taken.time = exchange.received;
        taken.outcome = "accepted";
        taken.replay_key = exchange.replay_key;
        const auto written = co_await append_durably(journal_, std::move(taken));
        if (written.has_error()) co_return away(written.error());
        exchange.accepted = true;
        co_return std::nullopt;
    }
    SoapMessage& message = exchange.message;
    if (level == registry::JournalLevel::full) {
        std::vector<http::Piece> whole(1, http::Piece{{}, &message.body, 0, message.body.size()});
        const auto content =
            co_await append_content(journal_, exchange, std::move(whole), RecordKind::request);
        if (content.has_error()) co_return away(content.error());
    }
    Record record = record_of(exchange, RecordKind::request);
    record.replay_key = exchange.replay_key;
    record.outcome = "accepted";
    record.message_bytes = message.body.size();
    record.message_digest = message.body.digest();
    if (level == registry::JournalLevel::evidence) {
        auto evidence = message.security_headers();
        if (evidence.has_error()) co_return away(evidence.error());
        record.content = std::move(*evidence);
    }
    const auto written = co_await append_durably(journal_, std::move(record));
    if (written.has_error()) co_return away(written.error());
    exchange.accepted = true;
    co_return std::nullopt;
}

Awaitable<std::optional<Refusal>> JournalStage::response(Exchange& exchange) {
    const registry::JournalLevel level = exchange.journal_level();
    const bool refused = exchange.refusal && !exchange.dispatched;
    if (level == registry::JournalLevel::none && !refused) co_return std::nullopt;
    if (level == registry::JournalLevel::full && !refused) {
        const auto content = co_await append_content(journal_, exchange, exchange.reply.message.pieces(),
                                                     RecordKind::response);
        if (content.has_error()) {
            refuse::answer_with(exchange, away(content.error()));
            co_await sign_reply(exchange);
            co_return std::nullopt;
        }
    }
    Record record = record_of(exchange, refused ? RecordKind::refusal : RecordKind::response);
    record.outcome = outcome_of(exchange);
    if (exchange.refusal)
        record.reason =
            exchange.refusal->cause.empty() ? exchange.refusal->public_reason : exchange.refusal->cause;
    if (refused && exchange.message.body.size() > 0) {
        record.message_bytes = exchange.message.body.size();
        record.message_digest = exchange.message.body.digest();
    } else if (!refused) {
        record.message_bytes = exchange.reply.message.size();
        record.message_digest = exchange.reply.message.digest();
        if (level == registry::JournalLevel::evidence) record.content = exchange.reply.signature;
    }
    const auto written = co_await append_durably(journal_, std::move(record));
    // A refusal says no to the caller anyway; an answer without its record must not leave.
    if (written.has_error() && !refused) {
        refuse::answer_with(exchange, away(written.error()));
        co_await sign_reply(exchange);
    }
    co_return std::nullopt;
}

}  // namespace hutong::gateway
