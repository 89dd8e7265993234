// Verifies the WS-Security signature of calls to services that want one.
//
// Small messages on the data thread; what would hold it up goes to a pool of its own, since an attacker can
// choose it.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class VerifyStage final : public Stage {
  public:
    explicit VerifyStage(asio::thread_pool& pool) : pool_(pool) {}
    std::string_view name() const override { return "verify"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;

  private:
    asio::thread_pool& pool_;
};

}  // namespace hutong::gateway
