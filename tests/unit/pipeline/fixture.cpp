#include "fixture.hpp"

#include <cppunit/TestAssert.h>

#include "gateway/stages/read_message.hpp"
#include "gateway/stages/route.hpp"

namespace hutong::gateway::test {

namespace {

template <class T>
T run(Awaitable<T> work) {
    asio::io_context context;
    std::optional<T> result;
    std::exception_ptr thrown;
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr e, T value) {
        thrown = e;
        result = std::move(value);
    });
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
}

}  // namespace

Awaitable<Result<bool>> HandRequest::read_some(http::BodySink& into) {
    if (failure) co_return *failure;
    const std::string_view next = std::string_view(body).substr(given, step);
    given += next.size();
    const auto taken = into.take(next);
    if (taken.has_error()) co_return taken.error();
    co_return given < body.size();
}

Call::Call() {
    request.method = "POST";
    request.path = "/services/demo/echo";
    request.remote = "127.0.0.1:1";

    settings = std::make_shared<Settings>();
    settings->spool = std::filesystem::temp_directory_path();

    contract = std::make_shared<CompiledContract>();
    wsdl::Binding binding;
    binding.name = {"urn:demo", "EchoBinding"};
    binding.port_type = {"urn:demo", "Echo"};
    binding.transport = wsdl::Transport::soap11_http;
    wsdl::Operation get;
    get.name = "Get";
    get.soap_action = "urn:demo:Get";
    get.input_element = {"urn:demo", "Get"};
    wsdl::Operation put;
    put.name = "Put";
    put.input_element = {"urn:demo", "Put"};
    binding.operations = {get, put};
    contract->description.bindings = {binding};

    route = std::make_shared<ServiceRoute>();
    route->service.org = "demo";
    route->service.name = "echo";
    route->contract = contract;
    route->address = "https://gateway.example:8443/services/demo/echo";
    route->journal = registry::JournalLevel::evidence;
    for (const wsdl::Operation& operation : contract->description.bindings[0].operations)
        route->soap11.emplace(operation.input_element,
                              OperationRoute{&operation, "urn:demo:Echo:" + operation.name + "Request"});

    reader = std::make_shared<registry::Consumer>();
    reader->id = "reader";
    table = std::make_shared<RoutingTable>();
    table->services["demo/echo"] = route;
    table->consumers["thumb"] = reader;
    table->grants["reader demo/echo"] = {"Get"};

    exchange.reset(new Exchange{request, "01INCIDENT", system_clock().now(), settings, table, "demo/echo"});
    tell({});
    soap11(get_message);
}

void Call::plain() {
    route->service.policy = registry::Policy::plain;
    route->service.security = registry::preset_policy(registry::Policy::plain);
}

void Call::soap11(const std::string& text) {
    request.body = text;
    request.given = 0;
    request.headers.set("Content-Type", "text/xml; charset=utf-8");
    request.headers.set("SOAPAction", "\"\"");
}

std::optional<Refusal> Call::down(Stage& stage) {
    return run(stage.request(*exchange));
}
std::optional<Refusal> Call::up(Stage& stage) {
    return run(stage.response(*exchange));
}

void Call::tell(std::vector<std::unique_ptr<Stage>> stages) {
    pipeline = std::make_unique<Pipeline>(std::move(stages));
    exchange->pipeline = pipeline.get();
}

std::optional<Refusal> Call::try_to_read() {
    RouteStage find;
    ReadMessageStage reading(heavy, trees);
    exchange->message = SoapMessage();
    if (auto refusal = down(find)) return refusal;
    return down(reading);
}

// Signatures have tests of their own, so the service is plain while its message is read.
void Call::read() {
    const registry::Service service = route->service;
    plain();
    const auto refusal = try_to_read();
    route->service = service;
    CPPUNIT_ASSERT_MESSAGE(refusal ? refusal->public_reason : "", !refusal);
}

namespace {

std::string text_of(const SoapMessage& message) {
    std::string whole;
    for (const http::Piece& piece : message.pieces())
        whole +=
            piece.payload != nullptr ? piece.payload->text(piece.offset, piece.length).value() : piece.text;
    return whole;
}

}  // namespace

std::string Call::sent() const {
    return text_of(exchange->message);
}
std::string Call::reply() const {
    return text_of(exchange->reply.message);
}

}  // namespace hutong::gateway::test
