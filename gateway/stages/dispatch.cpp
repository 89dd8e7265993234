#include "gateway/stages/dispatch.hpp"

#include "gateway/pipeline/local_service.hpp"
#include "gateway/pipeline/refusals.hpp"
#include "gateway/stages/read_reply.hpp"

namespace hutong::gateway {

namespace {

constexpr std::uint64_t read_on_data_thread = 64u << 10;

// Headers are built anew, so nothing a caller put beside the message (Authorization, Forwarded, our own
// names) gets through to a backend that might believe it.
Result<http::Headers> backend_headers(const Exchange& exchange) {
    http::Headers headers;
    const bool recoded = exchange.message.changed() && !exchange.message.in_parts;
    std::string content_type =
        recoded ? std::string(soap::content_type_of(exchange.version)) : exchange.message.content_type;
    if (recoded && exchange.version == soap::Version::v12 && !exchange.http_action.empty())
        content_type += "; action=\"" + exchange.http_action + "\"";
    headers.add("Content-Type", std::move(content_type));
    if (exchange.version == soap::Version::v11)
        headers.add("SOAPAction", "\"" + exchange.operation->soap_action + "\"");
    headers.add("Accept", "text/xml, application/soap+xml, multipart/related");
    headers.add("Hutong-Exchange", exchange.id);
    headers.add("Hutong-Consumer", exchange.consumer->id);
    const registry::Service& service = exchange.route->service;
    // In what is re-signed the identity stands in the message itself.
    if (!service.security.identity || service.forward == registry::Forward::re_signed) return headers;
    HUTONG_ASSIGN(const Sha256Digest envelope, exchange.message.envelope_digest());
    // JSON Web Signature has no name for SM2 (RFC 7518 section 3.1): P-256 signs the header then.
    using enum security::KeyKind;
    const security::KeyKind kind = service.security.backend_key == rsa ? rsa : p256;
    HUTONG_ASSIGN(std::string token,
                  security::identity_token(exchange.identity(), envelope, exchange.settings->keys.of(kind)));
    headers.add(std::string(security::identity_header), std::move(token));
    return headers;
}

// An answer without a body, as one-way operations get it.
bool is_empty_answer(const http::IncomingResponse& response) {
    return response.body.size() == 0;
}

bool soap_status(unsigned status) {
    return (status >= 200 && status < 300) || status == 400 || status == 500;
}

// An answer whose envelope must be known: to be signed, or for the WS-Addressing headers the caller is owed.
// Others pass through unread.
bool must_read(const Exchange& exchange) {
    if (exchange.reply.message.body.size() == 0) return false;
    return exchange.signed_answer() || exchange.message.layout.block(soap::ns_wsa, "MessageID") != nullptr;
}

std::optional<Refusal> take_answer(Exchange& exchange, http::IncomingResponse response) {
    exchange.reply = Reply{};
    exchange.reply.status = response.status;
    if (is_empty_answer(response)) {
        if (response.status >= 200 && response.status < 300) {
            exchange.reply.status = 202;
            return std::nullopt;
        }
        return refuse::receiver(
            "The service's own system answered with an error and no message.",
            "HTTP status " + std::to_string(response.status) + " from " + exchange.endpoint);
    }
    if (!soap_status(response.status))
        return refuse::receiver(
            "The service's own system answered with an error that is not SOAP.",
            "HTTP status " + std::to_string(response.status) + " from " + exchange.endpoint);
    SoapMessage& message = exchange.reply.message;
    message.body = std::move(response.body);
    message.content_type = std::string(response.headers.find("Content-Type").value_or(""));
    return std::nullopt;
}

std::optional<Refusal> read_answer(Exchange& exchange) {
    const auto read = read_reply(exchange.reply, exchange.settings->config,
                                 exchange.signed_answer() ? &exchange.answer_digest() : nullptr,
                                 exchange.route->response_policy());
    if (read.has_error())
        return refuse::receiver("The service's own system did not answer with a SOAP message.",
                                exchange.endpoint + ": " + read.error().detail);
    SoapMessage& message = exchange.reply.message;
    if (message.recoded()) message.content_type = std::string(soap::content_type_of(message.layout.version));
    return std::nullopt;
}

// From here on it is an answer like a backend's.
Awaitable<std::optional<Refusal>> answer_here(Exchange& exchange) {
    exchange.endpoint = exchange.route->service.endpoints.front();
    exchange.dispatched = true;
    exchange.reply = Reply{};
    auto refusal = co_await exchange.route->local->answer(exchange);
    if (refusal || !must_read(exchange)) co_return refusal;
    co_return read_answer(exchange);
}

}  // namespace

Awaitable<std::optional<Refusal>> DispatchStage::request(Exchange& exchange) {
    if (exchange.route->local != nullptr) co_return co_await answer_here(exchange);
    const std::vector<Endpoint*> endpoints = exchange.route->round_robin->order(exchange.route->endpoints);
    if (endpoints.empty())
        co_return refuse::receiver("The service has no endpoint.",
                                   "no endpoint is registered for " + exchange.path_service);
    http::Client& client = client_of_(co_await asio::this_coro::executor);
    // No conditional expression: g++ 12 destroys its result twice when one side is a co_await.
    Result<http::Headers> headers = http::Headers();
    if (exchange.message.envelope_size() <= read_on_data_thread)
        headers = backend_headers(exchange);
    else
        headers = co_await run_on(heavy_, [&] { return backend_headers(exchange); });
    if (headers.has_error())
        co_return refuse::receiver("The call could not be signed for the service's own system.",
                                   headers.error().detail);
    std::string failures;
    for (Endpoint* endpoint : endpoints) {
        exchange.endpoint = endpoint->address();
        http::OutgoingRequest request;
        request.headers = *headers;
        request.body = exchange.message.pieces();
        auto answer = co_await client.send(endpoint->url(), std::move(request));
        exchange.dispatched = exchange.dispatched || answer.has_value() || answer.error().may_have_reached;
        if (answer.has_value()) {
            endpoint->succeeded();
            auto refusal = take_answer(exchange, std::move(*answer));
            if (refusal || !must_read(exchange)) co_return refusal;
            if (exchange.reply.message.body.size() <= read_on_data_thread) co_return read_answer(exchange);
            co_return co_await run_on(heavy_, [&] { return read_answer(exchange); });
        }
        endpoint->failed(exchange.settings->config.backend);
        failures += (failures.empty() ? "" : "; ") + endpoint->address() + ": " + answer.error().error.detail;
        if (answer.error().may_have_reached) {
            const bool late = answer.error().error.code == ErrorCode::timeout;
            co_return refuse::receiver(
                late ? "The service's own system did not answer in time; whether it acted on the call is not "
                       "known."
                     : "The service's own system broke off; whether it acted on the call is not known.",
                failures);
        }
    }
    co_return refuse::receiver("The service's own system cannot be reached; the call did not get there.",
                               failures);
}

}  // namespace hutong::gateway
