#include "gateway/stages/sign_reply.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/read_message.hpp"
#include "security/outbound/message_signer.hpp"

namespace hutong::gateway {

namespace {

Result<void> sign(Exchange& exchange) {
    SoapMessage& message = exchange.reply.message;
    const config::Config& config = exchange.settings->config;
    if (exchange.reply.fault) {
        HUTONG_ASSIGN(message.layout, soap::scan(message.root, config.xml.limits));
    }
    const security::SigningKey& key = exchange.settings->keys.of(exchange.answer_key());
    security::SignOptions options{config.security.freshness, system_clock().now()};
    if (exchange.claims && exchange.route->response_policy().confirm_signatures)
        options.confirm = exchange.claims->signature_values;
    HUTONG_ASSIGN(message.root, security::sign_message(message.root, message.layout, key, options));
    message.root_changed = true;
    return {};
}

}  // namespace

Awaitable<void> sign_reply(Exchange& exchange) {
    if (!exchange.signed_service() || exchange.reply.plain_text || !exchange.reply.message.has_root)
        co_return;
    if (auto done = sign(exchange); done.has_error()) {
        const bool was_fault = exchange.reply.fault;
        refuse::answer_with(exchange, refuse::receiver("The answer could not be signed, so it was not sent.",
                                                       done.error().detail));
        if (!was_fault) static_cast<void>(sign(exchange));
    }
}

Awaitable<std::optional<Refusal>> SignStage::response(Exchange& exchange) {
    co_await sign_reply(exchange);
    co_return std::nullopt;
}

}  // namespace hutong::gateway
