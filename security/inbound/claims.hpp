// What a message claims, once its signature has been found good: signer, signed parts, times. No trust yet.
//
// OASIS WS-Security SOAP Message Security 1.1.1, X.509 Token Profile 1.1.1. Values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/xml/soap.hpp"
#include "security/keys/signing_key.hpp"
#include "security/xmlenc/algorithms.hpp"

namespace hutong::security {

// The subject of a SAML assertion that a trusted issuer signed.
struct SamlClaim {
    std::string issuer;
    std::string subject;  // NameID
    bool vouched{false};  // by the signer of the message; else the signer is the subject
};

// Something that may be accepted only once, and how long that has to be remembered.
struct OneTime {
    std::string key;
    TimePoint until;
};

// What of a message was encrypted for this gateway, and how.
struct EncryptedParts {
    const KeyTransport* transport{nullptr};
    const ContentCipher* cipher{nullptr};
    bool body{false};
    std::vector<xml::QName> headers;  // blocks whose whole element or content was encrypted
};

struct Claims {
    Bytes certificate;         // DER of the certificate whose key signed; empty: there is no signature
    std::vector<Bytes> chain;  // further certificates the message carried (PKIPath), untrusted
    KeyKind key_kind{KeyKind::p256};
    std::string signature_algorithm;   // URI
    std::string signature_value;       // base64 without white space
    std::optional<TimePoint> created;  // from the signed Timestamp
    std::optional<TimePoint> expires;  // likewise, but never later than created + the configured freshness
    bool body_signed{false};
    std::vector<xml::QName>
        signed_headers;  // by position Header/<name>, where every block of that name is signed
    std::optional<std::string> message_id;      // wsa:MessageID when signed
    std::vector<soap::Range> security_headers;  // the Security headers addressed to this gateway
    std::optional<std::string> username;        // whose password the message proves
    std::optional<SamlClaim> saml;
    std::optional<EncryptedParts> encrypted;
    std::vector<OneTime> one_time;              // nonces and one-time assertions, besides the message itself
    std::vector<Bytes> endorsers;               // DER of the certificates of further signatures
    std::vector<std::string> signature_values;  // of every signature, in document order, as signature_value
};

// Why a message was not believed. `reason` is for the officer and the journal, never for the caller.
struct Rejection {
    enum class Kind {
        no_security_header,  // told to the caller
        not_encrypted,       // likewise: policy wants encryption and there is none
        not_verified,        // one code and text for every reason
        expired,             // the signature is good but the Timestamp is stale, future or missing
        unavailable          // nothing is known of the message: our own key to decrypt with is away
    } kind{Kind::not_verified};
    std::string reason;
};

}  // namespace hutong::security
