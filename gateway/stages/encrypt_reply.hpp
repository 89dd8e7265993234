// Encrypts what goes back, faults included, where policy wants it or the request was encrypted.
//
// For the certificate that signed the request if it can be, else for one that is registered for the consumer.
// A caller for whom there is neither is refused before the service's own system is asked. On the way up it
// comes after the journal: evidence of an answer is what the gateway signed, which nobody but the caller
// could read later.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class EncryptStage final : public Stage {
  public:
    std::string_view name() const override { return "encrypt"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;
    Awaitable<std::optional<Refusal>> response(Exchange& exchange) override;
};

}  // namespace hutong::gateway
