// The signed wsu:Timestamp: read strictly and judged against the clock.
//
// WS-Security 1.1.1 section 10. Only to be asked once the signature over it is good. Pure functions.
#pragma once

#include "base/clock.hpp"
#include "base/xml/document.hpp"
#include "security/inbound/policy.hpp"

namespace hutong::security {

struct Lifetime {
    TimePoint created;
    TimePoint expires;  // the sender's, cut to created + freshness
};

// Errors: refused, when Created or Expires is missing, doubled or no time with a zone, when the Timestamp
// lies in the future, has expired, or is older than freshness.
Result<Lifetime> judge_timestamp(xml::Element timestamp, const TimeLimits& limits, TimePoint now);

}  // namespace hutong::security
