// The ways a message may take through the gateway's verifier, each asked by itself.
//
// A case of the attack suite runs once per path. Pure functions of the question.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/claims.hpp"
#include "security/inbound/policy.hpp"

namespace hutong::attack {

struct Judgement {
    bool accepted{false};
    security::Claims claims;        // when accepted
    security::Rejection rejection;  // when not
    soap::Layout layout;            // when accepted: what would be routed and forwarded
    std::string decided_by;         // the path itself, or the one it handed the message to
};

struct Path {
    const char* name;
    Judgement (*judge)(std::string_view text, TimePoint now);  // by the policy below
};
const std::vector<Path>& paths();

// Body, Timestamp and addressing signed, as services of policy "sign" want it.
const security::MessagePolicy& policy();

}  // namespace hutong::attack
