// The operations of the publication, security and custody API sets.
//
// UDDI v3.0.2 sections 5.2 to 5.4. Each is one transaction, done or not done as a whole. Thread-safe as far
// as the pool is.
#pragma once

#include "registry/soap/context.hpp"

namespace hutong::registry::uddi {

// save_and_delete.cpp
Answer save_binding(Context& context, xml::Element asked);
Answer save_business(Context& context, xml::Element asked);
Answer save_service(Context& context, xml::Element asked);
Answer save_tmodel(Context& context, xml::Element asked);
Answer delete_binding(Context& context, xml::Element asked);
Answer delete_business(Context& context, xml::Element asked);
Answer delete_service(Context& context, xml::Element asked);
Answer delete_tmodel(Context& context, xml::Element asked);

// assertions.cpp
Answer add_assertions(Context& context, xml::Element asked);
Answer delete_assertions(Context& context, xml::Element asked);
Answer set_assertions(Context& context, xml::Element asked);
Answer get_assertions(Context& context, xml::Element asked);
Answer get_assertion_status_report(Context& context, xml::Element asked);

// registered_info.cpp
Answer get_registered_info(Context& context, xml::Element asked);

// custody.cpp
Answer get_transfer_token(Context& context, xml::Element asked);
Answer transfer_entities(Context& context, xml::Element asked);
Answer discard_transfer_token(Context& context, xml::Element asked);

// tokens.cpp
Answer get_auth_token(Context& context, xml::Element asked);
Answer discard_auth_token(Context& context, xml::Element asked);

}  // namespace hutong::registry::uddi
