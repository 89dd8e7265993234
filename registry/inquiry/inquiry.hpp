// The operations of the inquiry API set.
//
// UDDI v3.0.2 section 5.1. What is asked has been validated against the contract. Anybody may ask: authInfo
// is not looked at (node policy). Thread-safe as far as the pool is.
#pragma once

#include "registry/soap/context.hpp"
#include "registry/store/uddi/finder.hpp"

namespace hutong::registry::uddi {

Answer find_binding(Context& context, xml::Element asked);
Answer find_business(Context& context, xml::Element asked);
Answer find_related_businesses(Context& context, xml::Element asked);
Answer find_service(Context& context, xml::Element asked);
Answer find_tmodel(Context& context, xml::Element asked);
Answer get_binding_detail(Context& context, xml::Element asked);
Answer get_business_detail(Context& context, xml::Element asked);
Answer get_operational_info(Context& context, xml::Element asked);
Answer get_service_detail(Context& context, xml::Element asked);
Answer get_tmodel_detail(Context& context, xml::Element asked);

// The answer to a find, and the keys that it tells of.
struct FoundAnswer {
    std::string text;
    std::vector<std::string> keys;
    unsigned total{0};
};
Awaitable<OrFault<FoundAnswer>> answer_find(pg::Session& session, const Find& asked,
                                            const std::string& public_url);

}  // namespace hutong::registry::uddi
