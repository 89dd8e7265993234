#include "gateway/stages/sign_reply.hpp"

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

Result<void> sign(Exchange& exchange) {
    Reply& reply = exchange.reply;
    SoapMessage& message = reply.message;
    if (!reply.signed_body) {  // made by the gateway, so it is small
        HUTONG_ASSIGN(const std::string text, message.text({0, message.envelope_size()}));
        HUTONG_ASSIGN(reply.signed_body, security::digest_body(text, exchange.answer_digest()));
    }
    const security::SigningKey& key = exchange.settings->keys.of(exchange.answer_key());
    const security::MessagePolicy& policy = exchange.route->response_policy();
    security::SignOptions options{policy.freshness.value_or(exchange.settings->config.security.freshness),
                                  system_clock().now()};
    if (exchange.claims && exchange.route->service.security.signature_confirmation)
        options.confirm = exchange.claims->signature_values;
    HUTONG_ASSIGN(security::Signing signing,
                  security::sign_body(*reply.signed_body, message.layout, key, options));
    HUTONG_TRY(message.add_header_blocks(signing.header));
    if (reply.signed_body->identify) message.edit(*reply.signed_body->identify);
    for (const soap::Range& range : signing.replaces) message.cut(range);
    reply.signature = std::move(signing.header);
    return {};
}

}  // namespace

Awaitable<void> sign_reply(Exchange& exchange) {
    if (!exchange.signed_answer() || !exchange.reply.message.has_envelope) co_return;
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
