// The ways a message may take through the gateway's verifier, each asked by itself.
//
// A case of the attack suite runs once per path. A message that is not an envelope alone begins with its
// Content-Type header and an empty line. "streaming" is what the gateway does with a request: its own
// MessageReading, with the one-pass reader first, which may hand the message over; "tree" is the other reader
// alone. Both ask the gateway's own authenticate stage at the header where the receiver's table has a trust
// store; else whoever signed is believed, so that what is refused is refused whoever signed. A judgement says
// who decided. A Receiver is a value; a path may be asked from one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/xml/qname_values.hpp"
#include "base/xml/soap.hpp"
#include "gateway/pipeline/exchange.hpp"
#include "security/inbound/claims.hpp"
#include "security/inbound/policy.hpp"

namespace hutong::attack {

// The gateway that a message is sent to, and what the service asked wants: Body, Timestamp and addressing
// signed, unless a row says otherwise.
struct Receiver {
    Receiver();
    std::shared_ptr<gateway::Settings> settings;
    std::shared_ptr<gateway::RoutingTable> table;  // with or without trust
    security::MessagePolicy policy{.sign_addressing = true};
    xml::QNameValues values;  // of the service's contract
    TimePoint now;
    bool tls{true};
};

struct Judgement {
    bool accepted{false};
    security::Claims claims;        // when accepted
    security::Rejection rejection;  // when not
    soap::Layout layout;            // when accepted: what would be routed and forwarded, and
    std::string text;               // the envelope that it is of, decrypted where it was encrypted
    std::string decided_by;         // "streaming" or "tree"
    bool caller_known{false};       // the call still has a consumer that it is told to be of
    security::TrustVerdict trust;   // of the authenticate stage, where it was asked
    std::string fault;              // the code that the caller is told; empty: the tree reader's own refusal
};

struct Path {
    const char* name;
    Judgement (*judge)(std::string_view text, const Receiver& receiver);
};
const std::vector<Path>& paths();

}  // namespace hutong::attack
