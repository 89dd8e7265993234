// Validates the request's Body against the contract's schemas, for callers that are known by now.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class ValidateStage final : public Stage {
  public:
    explicit ValidateStage(asio::thread_pool& pool) : pool_(pool) {}
    std::string_view name() const override { return "validate"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;

  private:
    asio::thread_pool& pool_;
};

}  // namespace hutong::gateway
