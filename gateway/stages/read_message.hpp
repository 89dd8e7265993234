// Reads the body and finds the envelope in it: MIME root, character set, layout.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

class ReadMessageStage final : public Stage {
  public:
    std::string_view name() const override { return "read"; }
    Awaitable<std::optional<Refusal>> request(Exchange& exchange) override;
};

// Shared with the way back: fills multipart, root and layout of a message whose body and content type are
// there.
Result<void> find_envelope(SoapMessage& message, const config::Config& config);

}  // namespace hutong::gateway
