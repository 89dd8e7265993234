#include "gateway/services/security_service.hpp"

#include "gateway/services/security_operations.hpp"

namespace hutong::gateway {

namespace {

using namespace security_service;

Answer answer_to(const Exchange& exchange) {
    const Operation* const operation = find_operation(exchange.operation->name);
    if (operation == nullptr)
        return Fault(FaultCode::bad_content, "The security service has no such operation.",
                     "the service is published with another contract than hutong service install has");
    const SoapMessage& message = exchange.message;
    const config::Xml& limits = exchange.settings->config.xml;
    if (message.in_parts)
        return Fault(FaultCode::bad_content, "Send the content as base64 in the Body, not as an attachment.");
    if (message.envelope_size() > limits.max_root_bytes)
        return Fault(FaultCode::bad_content,
                     "The message is longer than " + std::to_string(limits.max_root_bytes) + " bytes.");
    HUTONG_ASSIGN(const std::string text, message.text({0, message.envelope_size()}));
    HUTONG_ASSIGN(const xml::Document document, xml::parse(text, limits.limits, "UTF-8"));
    const xml::Element body = document.root().child(soap::namespace_of(message.layout.version), "Body");
    const xml::Element asked = body ? body.first_child() : xml::Element();
    if (!asked || !asked.is(ns, operation->name) || asked.next_sibling())
        return Fault(FaultCode::bad_content, "The Body must hold one element of the contract.");
    HUTONG_ASSIGN(const std::string elements, operation->run(exchange, Request(asked)));
    return answer_envelope(exchange.version, operation->name, elements);
}

}  // namespace

Awaitable<std::optional<Refusal>> SecurityService::answer(Exchange& exchange) {
    const Operation* const operation = find_operation(exchange.operation->name);
    WorkPool& pool = operation && operation->waits ? waiting_ : pool_;
    auto done = co_await pool.run([&exchange] { return answer_to(exchange); });
    if (!done)
        co_return Fault(FaultCode::try_later, "The security service is busy; try again later.").refusal();
    if (done->has_error()) co_return done->error().refusal();
    SoapMessage& message = exchange.reply.message;
    message.content_type = std::string(soap::content_type_of(exchange.version));
    message.body = http::Payload(std::move(**done));
    co_return std::nullopt;
}

bool SecurityService::confidential(std::string_view operation) const {
    const Operation* const known = find_operation(operation);
    return known != nullptr && known->confidential;
}

}  // namespace hutong::gateway
