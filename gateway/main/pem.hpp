// Certificates and CRLs as files: PEM to DER and back, and the few facts the command line and doctor show.
//
// RFC 7468, RFC 5280. Pure functions, safe from any thread; nothing here decides on trust.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace hutong {

struct CertificateFacts {
    std::string subject;     // RFC 4514
    std::string serial;      // hex, lower case
    std::string thumbprint;  // SHA-256, hex
    std::string key_digest;  // SHA-256 of the SubjectPublicKeyInfo, hex
    TimePoint not_before;
    TimePoint not_after;
    bool is_ca{false};
};

// The first certificate of a PEM text. Error: invalid, when there is none or it does not parse.
Result<Bytes> certificate_from_pem(std::string_view pem);
Result<CertificateFacts> certificate_facts(ByteView der);
Result<TimePoint> crl_next_update(ByteView der);
std::string certificate_to_pem(ByteView der);

}  // namespace hutong
