// Signs what goes back from a signed service, faults included, with the kind of key the request used.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class SignStage final : public Stage {
  public:
    std::string_view name() const override { return "sign"; }
    // Refuses a call whose answer is known not to be signed now, before anybody acts on it.
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;
    Awaitable<std::optional<Refusal>> response(Exchange& exchange) override;
};

// Signs exchange.reply in place where the service wants it. A reply that cannot be signed becomes a (signed)
// fault.
Awaitable<void> sign_reply(Exchange& exchange);

}  // namespace hutong::gateway
