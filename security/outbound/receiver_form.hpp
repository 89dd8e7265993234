// How a message signed with SM2 is written for its receiver: by the trust domain of his certificate.
//
// docs/national-algorithms.md; what signer_form is for messages that come in. Keys of other kinds take no
// notice of it. Values, pure.
#pragma once

#include <string>

#include "base/config/config.hpp"
#include "security/keys/sm2.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::security {

struct ReceiverForm {
    std::string signature{names::sm2_sm3};  // URI of ds:SignatureMethod
    std::string digest{names::sm3};         // URI of ds:DigestMethod
    Sm2Form sm2;                            // the signer's id, and the form of the ds:SignatureValue
};

// The first name of each kind that the domain lists, r‖s before DER; where it lists none, the table's own.
ReceiverForm form_for(const config::TrustDomain& domain);

}  // namespace hutong::security
