// What the WS-Addressing headers of a request say: which operation it is, and which service it was meant for.
//
// WS-Addressing 1.0 Core section 3.2 (each of them at most once), SOAP Binding section 4. A signature binds
// these headers to the Body but not to the address a message is sent to: that is compared here, so that what
// was signed for one service cannot be sent to another. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/xml/soap.hpp"

namespace hutong::gateway {

struct Addressing {
    std::optional<std::string> action;
    std::optional<std::string> to;
};

// Error: invalid, naming the header that occurs twice.
Result<Addressing> read_addressing(const soap::Layout& layout);

// What two places say the action is, either of which may be silent. Error: invalid, when they differ.
Result<std::string> one_action(const std::string& one, const std::string& other);

// Whether `to` means the service published at `address`: the anonymous address, the path alone, or a URL of
// that path at the platform's public host or at a loopback name (which is nobody else's). Scheme and port may
// differ, as the gateway has several listeners and may stand behind others.
bool means_service(const std::string& to, const std::string& address);

}  // namespace hutong::gateway
