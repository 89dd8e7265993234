// What the backend gets to see: the message without the gateway's own Security header, or with one that the
// gateway made, and never with identity headers a caller supplied; and, on the way back, the WS-Addressing
// headers a caller is owed.
//
// The cut is by byte range, so that every other byte stays as it was received. WS-Addressing 1.0 Core
// section 3.4.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class TransformStage final : public Stage {
  public:
    // Large messages are signed on `heavy`.
    explicit TransformStage(asio::thread_pool& heavy) : heavy_(heavy) {}
    std::string_view name() const override { return "transform"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;
    Awaitable<std::optional<Refusal>> response(Exchange& exchange) override;

  private:
    asio::thread_pool& heavy_;
};

}  // namespace hutong::gateway
