// Finds the service by path and learns from the headers which SOAP is spoken.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class RouteStage final : public Stage {
  public:
    std::string_view name() const override { return "route"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;
};

}  // namespace hutong::gateway
