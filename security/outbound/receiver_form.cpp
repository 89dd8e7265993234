#include "security/outbound/receiver_form.hpp"

namespace hutong::security {

ReceiverForm form_for(const config::TrustDomain& domain) {
    ReceiverForm form;
    form.sm2.id = domain.message_id;
    if (!domain.sm3.empty()) form.digest = domain.sm3.front();
    if (!domain.sm2_raw.empty()) {
        form.signature = domain.sm2_raw.front();
    } else if (!domain.sm2_der.empty()) {
        form.signature = domain.sm2_der.front();
        form.sm2.der = true;
    }
    return form;
}

}  // namespace hutong::security
