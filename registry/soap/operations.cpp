#include "registry/soap/operations.hpp"

#include <array>

#include "registry/inquiry/inquiry.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/publication/uddi/operations.hpp"
#include "registry/subscription/operations.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::array rows{
    OperationRow{"inquiry", ns, "find_binding", false, find_binding},
    OperationRow{"inquiry", ns, "find_business", false, find_business},
    OperationRow{"inquiry", ns, "find_relatedBusinesses", false, find_related_businesses},
    OperationRow{"inquiry", ns, "find_service", false, find_service},
    OperationRow{"inquiry", ns, "find_tModel", false, find_tmodel},
    OperationRow{"inquiry", ns, "get_bindingDetail", false, get_binding_detail},
    OperationRow{"inquiry", ns, "get_businessDetail", false, get_business_detail},
    OperationRow{"inquiry", ns, "get_operationalInfo", false, get_operational_info},
    OperationRow{"inquiry", ns, "get_serviceDetail", false, get_service_detail},
    OperationRow{"inquiry", ns, "get_tModelDetail", false, get_tmodel_detail},
    OperationRow{"publish", ns, "add_publisherAssertions", true, add_assertions},
    OperationRow{"publish", ns, "delete_binding", true, delete_binding},
    OperationRow{"publish", ns, "delete_business", true, delete_business},
    OperationRow{"publish", ns, "delete_publisherAssertions", true, delete_assertions},
    OperationRow{"publish", ns, "delete_service", true, delete_service},
    OperationRow{"publish", ns, "delete_tModel", true, delete_tmodel},
    OperationRow{"publish", ns, "get_assertionStatusReport", true, get_assertion_status_report},
    OperationRow{"publish", ns, "get_publisherAssertions", true, get_assertions},
    OperationRow{"publish", ns, "get_registeredInfo", true, get_registered_info},
    OperationRow{"publish", ns, "save_binding", true, save_binding},
    OperationRow{"publish", ns, "save_business", true, save_business},
    OperationRow{"publish", ns, "save_service", true, save_service},
    OperationRow{"publish", ns, "save_tModel", true, save_tmodel},
    OperationRow{"publish", ns, "set_publisherAssertions", true, set_assertions},
    OperationRow{"custody", ns_custody, "discard_transferToken", true, discard_transfer_token},
    OperationRow{"custody", ns_custody, "get_transferToken", true, get_transfer_token},
    OperationRow{"custody", ns_custody, "transfer_entities", true, transfer_entities},
    OperationRow{"security", ns, "discard_authToken", false, discard_auth_token},
    OperationRow{"security", ns, "get_authToken", false, get_auth_token},
    OperationRow{"subscription", ns_subscription, "delete_subscription", true, delete_subscription},
    OperationRow{"subscription", ns_subscription, "get_subscriptionResults", true, get_subscription_results},
    OperationRow{"subscription", ns_subscription, "get_subscriptions", true, get_subscriptions},
    OperationRow{"subscription", ns_subscription, "save_subscription", true, save_subscription},
};

}  // namespace

const OperationRow* find_operation(std::string_view api, std::string_view ns_of_it, std::string_view name) {
    for (const OperationRow& row : rows)
        if (row.api == api && row.ns == ns_of_it && row.name == name) return &row;
    return nullptr;
}

}  // namespace hutong::registry::uddi
