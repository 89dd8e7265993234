#include "gateway/stages/authorise.hpp"

#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/addressing.hpp"

namespace hutong::gateway {

namespace {

// An absent or empty SOAPAction says nothing (SOAP 1.1 section 6.1.1); any other must be the operation's own.
bool http_action_agrees(const OperationRoute& route, const std::string& action) {
    return action.empty() || action == route.operation->soap_action ||
           (!route.operation->wsa_action.empty() && action == route.operation->wsa_action);
}

bool wsa_action_agrees(const OperationRoute& route, const std::string& action) {
    const wsdl::Operation& operation = *route.operation;
    if (!operation.wsa_action.empty()) return action == operation.wsa_action;
    if (!operation.soap_action.empty() && action == operation.soap_action) return true;
    return action == route.default_action;
}

}  // namespace

std::optional<Refusal> AuthoriseStage::at_header(Exchange& exchange) {
    const std::string& consumer = exchange.consumer->id;
    const std::string service = exchange.route->service.id();
    if (exchange.table->granted(consumer, service)) return std::nullopt;
    return refuse::failed_authentication(
        "Consumer " + consumer + " has no grant for service " + service + ".", "no grant");
}

std::optional<Refusal> AuthoriseStage::at_operation(Exchange& exchange) {
    const std::string& consumer = exchange.consumer->id;
    const std::string service = exchange.route->service.id();
    const soap::Layout& layout = exchange.message.layout;
    const auto& operations = exchange.route->operations(exchange.version);
    const auto [first, last] = operations.equal_range(layout.operation);
    if (first == last)
        return refuse::sender("The service has no operation whose message begins with " +
                              layout.operation.text() + ".");

    const auto addressing = read_addressing(layout);
    if (addressing.has_error()) return refuse::sender(addressing.error().detail);
    if (addressing->to && !means_service(*addressing->to, exchange.route->address))
        return refuse::sender(
            "wsa:To names another service than this one; it is at " + exchange.route->address + ".",
            "wsa:To \"" + *addressing->to + "\"");
    for (auto candidate = first; candidate != last; ++candidate) {
        if (!http_action_agrees(candidate->second, exchange.http_action)) continue;
        if (addressing->action && !wsa_action_agrees(candidate->second, *addressing->action)) continue;
        exchange.operation = candidate->second.operation;
        break;
    }
    if (exchange.operation == nullptr)
        return refuse::sender("SOAPAction or wsa:Action names another operation than the Body (" +
                                  layout.operation.local + ").",
                              "SOAPAction \"" + exchange.http_action + "\", wsa:Action \"" +
                                  addressing->action.value_or("") + "\"");
    if (!exchange.table->granted(consumer, service, exchange.operation->name))
        return refuse::failed_authentication("Consumer " + consumer + " has no grant for operation " +
                                                 exchange.operation->name + " of service " + service + ".",
                                             "no grant for the operation");
    return std::nullopt;
}

Awaitable<std::optional<Refusal>> AuthoriseStage::request(Exchange& exchange) {
    // A backend may act on each child, but only the first was looked at. Encoded messages put their
    // multi-reference values there (SOAP 1.1 section 5.4.1).
    if (exchange.message.layout.body_children > 1 && exchange.operation->use != wsdl::Use::encoded)
        co_return refuse::sender("The Body must hold exactly one element.");
    co_return std::nullopt;
}

}  // namespace hutong::gateway
