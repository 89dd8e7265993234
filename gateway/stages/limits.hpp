// First stage: refuses what is too much or not ours before a byte of the body is read.
#pragma once

#include <atomic>

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class LimitsStage final : public Stage {
  public:
    std::string_view name() const override { return "limits"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;

  private:
    std::shared_ptr<std::atomic<unsigned>> in_flight_{std::make_shared<std::atomic<unsigned>>(0)};
};

}  // namespace hutong::gateway
