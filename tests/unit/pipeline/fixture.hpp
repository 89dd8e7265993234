// A call made by hand: request, settings and routing table without network, database or keys.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway::test {

class HandRequest final : public http::Request {
  public:
    std::string body;
    std::optional<Error> failure;
    Awaitable<Result<void>> read_body(http::Payload& into) override;
};

// One service demo/echo with operations Get (action "urn:demo:Get") and Put, a consumer "reader" granted for
// Get.
struct Call {
    Call();
    std::optional<Refusal> down(Stage& stage);
    std::optional<Refusal> up(Stage& stage);
    void soap11(const std::string& text);  // body and headers of a SOAP 1.1 request
    void read();                           // route and read, which must succeed

    HandRequest request;
    std::shared_ptr<Settings> settings;
    std::shared_ptr<RoutingTable> table;
    std::shared_ptr<CompiledContract> contract;
    std::shared_ptr<ServiceRoute> route;
    std::shared_ptr<registry::Consumer> reader;
    std::unique_ptr<Exchange> exchange;
};

inline const std::string get_message =
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><Get "
    "xmlns='urn:demo'>企业</Get></s:Body></s:Envelope>";

}  // namespace hutong::gateway::test
