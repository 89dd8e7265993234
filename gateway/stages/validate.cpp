#include "gateway/stages/validate.hpp"

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

// Only document/literal has a schema element for the child of Body; rpc wrappers are named by the binding,
// and their parts are typed one by one. With attachments the content the schema speaks of is elsewhere.
bool can_be_validated(const Exchange& exchange) {
    const wsdl::Operation& operation = *exchange.operation;
    return exchange.route->service.validate && exchange.route->contract->schemas != nullptr &&
           operation.style == wsdl::Style::document && operation.use == wsdl::Use::literal &&
           !operation.input_element.local.empty() && !exchange.message.in_parts;
}

}  // namespace

std::optional<Refusal> ValidateStage::at_operation(Exchange& exchange) {
    if (can_be_validated(exchange)) exchange.schemas = exchange.route->contract->schemas.get();
    return std::nullopt;
}

Awaitable<std::optional<Refusal>> ValidateStage::request(Exchange& exchange) {
    if (exchange.schemas == nullptr) co_return std::nullopt;
    if (exchange.message.layout.body_children != 1)
        co_return refuse::sender("The Body must hold exactly one element.");
    if (exchange.validity.has_error())
        co_return refuse::sender("The Body does not fit the contract: " + exchange.validity.error().detail +
                                 ".");
    co_return std::nullopt;
}

}  // namespace hutong::gateway
