// The operations of the subscription API set.
//
// UDDI v3.0.2 section 5.5. A subscription belongs to the publisher's organisation. Thread-safe as far as the
// pool is.
#pragma once

#include "registry/soap/context.hpp"

namespace hutong::registry::uddi {

Answer delete_subscription(Context& context, xml::Element asked);
Answer get_subscription_results(Context& context, xml::Element asked);
Answer get_subscriptions(Context& context, xml::Element asked);
Answer save_subscription(Context& context, xml::Element asked);

}  // namespace hutong::registry::uddi
