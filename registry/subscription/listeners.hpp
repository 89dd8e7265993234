// Where listeners of subscriptions are, and what carries notifications to them; the gateway has it.
//
// UDDI v3.0.2 sections 5.5.8 (a bindingTemplate names a Web service or a mailbox) and 5.5.12.
#pragma once

#include <string>

#include "base/asio.hpp"
#include "base/result.hpp"

namespace hutong::registry::uddi {

class Listeners {
  public:
    virtual ~Listeners() = default;

    // Whether notifications can be sent to this accessPoint at all, as far as it can be told without a look
    // at the network. From any thread. Errors: invalid, refused; a sentence for the publisher.
    virtual Result<void> check(const std::string& access_point) const = 0;

    // Sends what stands in the SOAP Body; done when the listener has confirmed it, or a mail relay has taken
    // it, half a minute at most. The error says why not.
    virtual Awaitable<Result<void>> deliver(std::string access_point, std::string content) = 0;
};

// The SOAP 1.1 message around <notify_subscriptionListener>, and its HTTP SOAPAction.
std::string notification_envelope(const std::string& content);
inline constexpr const char* notification_action = "\"notify_subscriptionListener\"";

// What a listener answers: an empty Body, or a dispositionReport of E_success, in SOAP 1.1 or 1.2. Error:
// refused.
Result<void> read_confirmation(const std::string& envelope);

}  // namespace hutong::registry::uddi
