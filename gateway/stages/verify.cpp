#include "gateway/stages/verify.hpp"

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

constexpr std::size_t verify_on_data_thread = 64u << 10;

Refusal refusal_of(const security::Rejection& rejection) {
    switch (rejection.kind) {
        case security::Rejection::Kind::no_security_header:
            return refuse::no_security_header();
        case security::Rejection::Kind::not_encrypted:
            return refuse::not_encrypted(rejection.reason);
        case security::Rejection::Kind::expired:
            return refuse::expired(rejection.reason);
        case security::Rejection::Kind::not_verified:
            break;
    }
    return refuse::not_verified(rejection.reason);
}

}  // namespace

Awaitable<std::optional<Refusal>> VerifyStage::request(Exchange& exchange) {
    if (!exchange.signed_service()) co_return std::nullopt;
    SoapMessage& message = exchange.message;
    const bool encrypted = exchange.route->service.policy == registry::Policy::sign_encrypt;
    const security::VerifyInput input{
        message.root,
        &message.layout,
        {true, true, true, encrypted},
        exchange.received,
        exchange.settings->keys.decryption.get(),
        [&](const security::Claims& claims) {
            return bool(exchange.table->trust->judge(claims.certificate, claims.chain,
                                                     security::Usage::message_signing, exchange.received));
        }};
    const security::Verifier& verifier = *exchange.settings->verifier;
    // No conditional expression: g++ 12 destroys its result twice when one side is a co_await.
    std::optional<security::Verdict> verdict;
    if (message.root.size() <= verify_on_data_thread)
        verdict.emplace(verifier.verify(input));
    else
        verdict.emplace(co_await run_on(pool_, [&] { return verifier.verify(input); }));
    if (verdict->has_error()) co_return refusal_of(verdict->error());
    exchange.claims = std::move(**verdict);
    if (exchange.claims->plaintext) {
        // What was verified is what goes on, and its layout is that of the same text.
        message.root = std::move(*exchange.claims->plaintext);
        exchange.claims->plaintext.reset();
        message.root_changed = true;
        auto layout = soap::scan(message.root, exchange.settings->config.xml.limits);
        if (layout.has_error()) co_return refuse::not_verified(layout.error().detail);
        message.layout = std::move(*layout);
    }
    co_return std::nullopt;
}

}  // namespace hutong::gateway
