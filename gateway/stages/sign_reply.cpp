#include "gateway/stages/sign_reply.hpp"

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

Result<void> sign(Exchange& exchange) {
    Reply& reply = exchange.reply;
    SoapMessage& message = reply.message;
    if (!reply.signed_body) {  // made by the gateway, so it is small
        HUTONG_ASSIGN(const std::string text, message.text({0, message.envelope_size()}));
        HUTONG_ASSIGN(reply.signed_body, security::digest_body(text, exchange.answer_digest(),
                                                               &exchange.route->response_policy()));
    }
    const security::SigningKey& key = exchange.settings->keys.of(exchange.answer_key());
    const security::MessagePolicy& policy = exchange.route->response_policy();
    security::SignOptions options{policy.freshness.value_or(exchange.settings->config.security.freshness),
                                  system_clock().now(), reply.added};
    options.form = exchange.answer_form();
    if (exchange.claims && exchange.route->service.security.signature_confirmation)
        options.confirm = exchange.claims->signature_values;
    HUTONG_ASSIGN(security::Signing signing,
                  security::sign_body(*reply.signed_body, message.layout, key, options));
    HUTONG_TRY(message.add_header_blocks(signing.header));
    for (soap::Edit& edit : security::identifying_edits(*reply.signed_body)) message.edit(std::move(edit));
    for (const soap::Range& range : signing.replaces) message.cut(range);
    reply.signature = std::move(signing.header);
    return {};
}

const security::SigningKey& key_of(const Exchange& exchange) {
    return exchange.settings->keys.of(exchange.answer_key());
}

// Why the answer cannot be signed as the service's policy wants it; empty: nothing is known.
std::string trouble_of(const Exchange& exchange) {
    const security::SignatureAlgorithm* const wanted = exchange.answer_algorithm();
    if (wanted != nullptr && key_of(exchange).kind() != wanted->key)
        return "response.signature_algorithm wants a key of the kind " +
               std::string(security::to_string(wanted->key)) + ", which this node does not have";
    return key_of(exchange).trouble();
}

// Here, or where waiting for a token holds up no other call.
Awaitable<Result<void>> sign_where_it_may_wait(Exchange& exchange) {
    WorkPool* const pool = exchange.settings->key_work;
    if (pool == nullptr || !key_of(exchange).may_block()) co_return sign(exchange);
    auto work = [&exchange] { return sign(exchange); };
    auto done = co_await pool->run(std::move(work));
    if (!done) co_return unavailable("more answers wait for the token with the keys than there is room for");
    co_return std::move(*done);
}

Refusal not_signed(const Error& error) {
    return refuse::receiver(error.code == ErrorCode::unavailable
                                ? "The gateway's signing key is away, so no signed answer can be sent; try "
                                  "again later."
                                : "The answer could not be signed, so it was not sent.",
                            error.detail);
}

}  // namespace

Awaitable<void> sign_reply(Exchange& exchange) {
    if (!exchange.signed_answer() || !exchange.reply.message.has_envelope) co_return;
    auto done = co_await sign_where_it_may_wait(exchange);
    if (!done.has_error()) co_return;
    const bool was_fault = exchange.reply.fault;
    refuse::answer_with(exchange, not_signed(done.error()));
    if (!was_fault) done = co_await sign_where_it_may_wait(exchange);
}

Awaitable<std::optional<Refusal>> SignStage::request(Exchange& exchange) {
    if (!exchange.signed_answer()) co_return std::nullopt;
    const std::string trouble = trouble_of(exchange);
    if (trouble.empty()) co_return std::nullopt;
    co_return not_signed(unavailable(trouble));
}

Awaitable<std::optional<Refusal>> SignStage::response(Exchange& exchange) {
    co_await sign_reply(exchange);
    co_return std::nullopt;
}

}  // namespace hutong::gateway
