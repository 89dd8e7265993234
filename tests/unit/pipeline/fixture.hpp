// A call made by hand: request, settings and routing table without network, database or keys.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/pipeline/pipeline.hpp"
#include "gateway/pipeline/work_pool.hpp"

namespace hutong::gateway::test {

class HandRequest final : public http::Request {
  public:
    std::string body;
    std::optional<Error> failure;
    std::size_t step{SIZE_MAX};  // bytes that come at once
    std::size_t given{0};
    Awaitable<Result<bool>> read_some(http::BodySink& into) override;
};

// One service demo/echo with operations Get (action "urn:demo:Get") and Put, a consumer "reader" granted for
// Get.
struct Call {
    Call();
    std::optional<Refusal> down(Stage& stage);
    std::optional<Refusal> header(Stage& stage) { return stage.at_header(*exchange); }
    std::optional<Refusal> operation(Stage& stage) { return stage.at_operation(*exchange); }
    std::optional<Refusal> up(Stage& stage);
    void soap11(const std::string& text);  // body and headers of a SOAP 1.1 request
    void read();                           // route and read, which must succeed
    std::optional<Refusal> try_to_read();
    // While the message is read, these stages are told.
    void tell(std::vector<std::unique_ptr<Stage>> stages);
    std::string sent() const;   // the request as it goes on
    std::string reply() const;  // the answer as it goes back
    void plain();               // the service has preset plain

    HandRequest request;
    std::shared_ptr<Settings> settings;
    std::shared_ptr<RoutingTable> table;
    std::shared_ptr<CompiledContract> contract;
    std::shared_ptr<ServiceRoute> route;
    std::shared_ptr<registry::Consumer> reader;
    std::unique_ptr<Exchange> exchange;
    std::unique_ptr<Pipeline> pipeline;
    asio::thread_pool heavy{1};
    WorkPool trees{1, 4};
};

inline const std::string get_message =
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><Get "
    "xmlns='urn:demo'>企业</Get></s:Body></s:Envelope>";

}  // namespace hutong::gateway::test
