// What is called and whether this consumer may: the operation by the signed Body, the grant down to it.
//
// SOAPAction and wsa:Action say it again and must agree, so that a backend that goes by them does the same
// operation; wsa:To must mean this service.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class AuthoriseStage final : public Stage {
  public:
    std::string_view name() const override { return "authorise"; }
    std::optional<Refusal> at_header(Exchange& exchange) override;           // a grant for the service
    std::optional<Refusal> at_operation(Exchange& exchange) override;        // a grant for the operation
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;  // and nothing beside it
};

}  // namespace hutong::gateway
