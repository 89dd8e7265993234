// What is found out about one signature of a document, and signatures without any structure around them.
//
// Whether the signer's certificate is believed is not asked here: that is for the trust store. Values and
// pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

struct DocumentSignature {
    bool intact{false};                     // made by the certificate's key over just this document
    std::string reason;                     // why it is not
    std::string algorithm;                  // URI of XML Signature; empty: not known
    std::optional<TimePoint> signing_time;  // as the signer says
    Bytes certificate;                      // DER; empty: the signature does not say whose it is
    std::vector<Bytes> chain;               // further certificates that came along
};

// The signature value alone: of RSA as RFC 8017 section 8.2 has it, of curves r‖s as in XML Signature.
DocumentSignature verify_value_alone(ByteView content, ByteView value, const Bytes& certificate);

}  // namespace hutong::security
