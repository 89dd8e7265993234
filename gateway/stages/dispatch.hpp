// Sends the message to a backend and takes its answer; or has a service of this program answer it.
//
// Endpoints in round robin, those that failed lately last. A call goes to a second endpoint only when the
// first cannot have seen it, since operations are not known to be idempotent.
#pragma once

#include <functional>

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

// The HTTP client of the data thread that runs the calling coroutine.
using ClientOf = std::function<http::Client&(const asio::any_io_executor&)>;

class DispatchStage final : public Stage {
  public:
    // Large answers are read on `heavy`.
    DispatchStage(ClientOf client_of, asio::thread_pool& heavy)
        : client_of_(std::move(client_of)), heavy_(heavy) {}
    std::string_view name() const override { return "dispatch"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;

  private:
    ClientOf client_of_;
    asio::thread_pool& heavy_;
};

}  // namespace hutong::gateway
