// Who calls: the certificate's trust, then the consumer it is registered for.
//
// Signed services: the certificate that signed. Plain services: the one of the TLS handshake.
#pragma once

#include "gateway/pipeline/stage.hpp"

namespace hutong::gateway {

// What the caller is told to do about a certificate that is not trusted.
std::string what_to_mend(security::TrustStatus status);

class AuthenticateStage final : public Stage {
  public:
    std::string_view name() const override { return "authenticate"; }
    std::optional<Refusal> at_header(Exchange& exchange) override;

  private:
    static std::optional<Refusal> identify(Exchange& exchange);
};

}  // namespace hutong::gateway
