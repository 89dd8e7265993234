// A SAML 2.0 assertion in a Security header: its signature by a trusted issuer, its conditions, its subject.
//
// SAML 2.0 Core section 2, SAML Token Profile 1.1.1 section 3. Accepted are assertions with one
// SubjectConfirmation by holder-of-key (with a certificate) or sender-vouches; bearer never is. The
// assertion's enveloped signature is verified on the element that is judged and nothing else, so there is no
// second assertion to aim at. Encrypted parts and unknown conditions are refused. Pure functions.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/xml/document.hpp"
#include "security/inbound/policy.hpp"
#include "security/tokens/saml_issuers.hpp"
#include "security/xmldsig/ids.hpp"

namespace hutong::security {

struct SamlAssertion {
    std::string id;
    std::string issuer;
    std::string subject;        // NameID
    bool holder_of_key{false};  // else sender-vouches
    Bytes certificate;          // the holder's, DER
    bool one_time{false};       // OneTimeUse
    TimePoint until;            // NotOnOrAfter
};

// Registers the assertion's ID with libxml2. Errors: refused, saying what is wrong.
Result<SamlAssertion> judge_assertion(xml::Element assertion, const IdIndex& ids, const SamlIssuers& issuers,
                                      std::chrono::seconds clock_skew, TimePoint now);

}  // namespace hutong::security
