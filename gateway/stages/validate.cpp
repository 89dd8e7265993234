#include "gateway/stages/validate.hpp"

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

constexpr std::size_t validate_on_data_thread = 64u << 10;

// Only document/literal has a schema element for the child of Body; rpc wrappers are named by the binding,
// and their parts are typed one by one.
bool can_be_validated(const Exchange& exchange) {
    const wsdl::Operation& operation = *exchange.operation;
    return exchange.route->service.validate && exchange.route->contract->schemas != nullptr &&
           operation.style == wsdl::Style::document && operation.use == wsdl::Use::literal &&
           !operation.input_element.local.empty() && !exchange.message.multipart;
}

Result<void> validate_body(const Exchange& exchange) {
    HUTONG_ASSIGN(const xml::Document document,
                  xml::parse(exchange.message.root, exchange.settings->config.xml.limits));
    const xml::Element body = document.root().child(soap::namespace_of(exchange.version), "Body");
    return exchange.route->contract->schemas->validate(body.first_child());
}

}  // namespace

Awaitable<std::optional<Refusal>> ValidateStage::request(Exchange& exchange) {
    if (!can_be_validated(exchange)) co_return std::nullopt;
    if (exchange.message.layout.body_children != 1)
        co_return refuse::sender("The Body must hold exactly one element.");
    // No conditional expression: g++ 12 destroys its result twice when one side is a co_await.
    Result<void> valid;
    if (exchange.message.root.size() <= validate_on_data_thread)
        valid = validate_body(exchange);
    else
        valid = co_await run_on(pool_, [&] { return validate_body(exchange); });
    if (valid.has_error())
        co_return refuse::sender("The Body does not fit the contract: " + valid.error().detail + ".");
    co_return std::nullopt;
}

}  // namespace hutong::gateway
