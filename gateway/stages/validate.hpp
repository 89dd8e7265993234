// Validates the request's Body against the contract's schemas, for callers that are known by then and while
// the Body is read.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class ValidateStage final : public Stage {
  public:
    std::string_view name() const override { return "validate"; }
    std::optional<Refusal> at_operation(Exchange& exchange) override;        // asks for it
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;  // judges
};

}  // namespace hutong::gateway
