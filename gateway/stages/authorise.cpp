#include "gateway/stages/authorise.hpp"

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway {

namespace {

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

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

    std::string wsa_action;
    unsigned wsa_actions = 0;
    for (const soap::HeaderBlock& block : layout.blocks)
        if (block.name.ns == soap::ns_wsa && block.name.local == "Action") {
            wsa_action = trimmed(block.text);
            ++wsa_actions;
        }
    if (wsa_actions > 1) return refuse::sender("The message has more than one wsa:Action.");
    for (auto candidate = first; candidate != last; ++candidate) {
        if (!http_action_agrees(candidate->second, exchange.http_action)) continue;
        if (wsa_actions == 1 && !wsa_action_agrees(candidate->second, wsa_action)) continue;
        exchange.operation = candidate->second.operation;
        break;
    }
    if (exchange.operation == nullptr)
        return refuse::sender(
            "SOAPAction or wsa:Action names another operation than the Body (" + layout.operation.local +
                ").",
            "SOAPAction \"" + exchange.http_action + "\", wsa:Action \"" + wsa_action + "\"");
    if (!exchange.table->granted(consumer, service, exchange.operation->name))
        return refuse::failed_authentication("Consumer " + consumer + " has no grant for operation " +
                                                 exchange.operation->name + " of service " + service + ".",
                                             "no grant for the operation");
    return std::nullopt;
}

}  // namespace hutong::gateway
