// Hands messages to the SMTP relay of the configuration, which knows how they go on.
//
// RFC 5321; TLS by smtps:// or, where a relay at smtp:// offers it, by STARTTLS, and then its certificate
// must be good (RFC 3207). libcurl stays behind this folder. send() blocks for half a minute at most; it may
// run on any thread, several at once. stop() may be called from any other.
#pragma once

#include <atomic>

#include "base/config/config.hpp"
#include "gateway/mail/message.hpp"

namespace hutong::mail {

class Relay {
  public:
    explicit Relay(config::Mail options);

    // Done when the relay has taken the message. Errors: unavailable, timeout, refused (by the relay).
    Result<void> send(const Message& message) const;
    void stop() { stopped_ = true; }  // what is under way ends soon, unavailable

  private:
    const config::Mail options_;
    std::atomic<bool> stopped_{false};
};

}  // namespace hutong::mail
