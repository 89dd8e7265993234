#include "gateway/stages/verify.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/token_callers.hpp"

namespace hutong::gateway {

namespace {

constexpr std::size_t verify_on_data_thread = 64u << 10;

Refusal refusal_of(const security::Rejection& rejection) {
    switch (rejection.kind) {
        case security::Rejection::Kind::no_security_header:
            return refuse::no_security_header();
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
    const SoapMessage& message = exchange.message;
    const security::VerifyInput input{
        message.root, &message.layout, {true, true, true}, exchange.received, tokens_of(exchange)};
    const security::Verifier& verifier = *exchange.settings->verifier;
    // No conditional expression: g++ 12 destroys its result twice when one side is a co_await.
    std::optional<security::Verdict> verdict;
    if (message.root.size() <= verify_on_data_thread)
        verdict.emplace(verifier.verify(input));
    else
        verdict.emplace(co_await run_on(pool_, [&] { return verifier.verify(input); }));
    if (verdict->has_error()) co_return refusal_of(verdict->error());
    exchange.claims = std::move(**verdict);
    co_return std::nullopt;
}

}  // namespace hutong::gateway
