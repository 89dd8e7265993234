// Do we believe a certificate: chain to a trusted CA, validity, revocation, key usage. The verdict is data.
//
// RFC 5280 section 6. A TrustStore is immutable and used by many threads; a change makes a new one. Trusted
// verdicts are remembered inside it until the first certificate or CRL they rest on runs out.
//
// Revocation fails closed where it is known at all: if we hold a CRL of an issuer, it must verify and be
// current, or nothing of that issuer is trusted. For a foreign CA the officer may say where its revocations
// are published; from then on what it issued is believed only while they are known (IssuerRules). A foreign
// CA without such a place (many publish none) is believed without; our own register's revocations count at
// once, through `revoked`, whatever the CRLs say.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/config/config.hpp"
#include "base/result.hpp"
#include "security/trust/foreign_status.hpp"

namespace hutong::security {

// What must be known about each certificate of one issuer, and for how long after its end it still counts.
struct IssuerRules {
    std::string thumbprint;  // of the issuer's certificate
    bool crl{false};
    bool ocsp{false};
    std::chrono::hours grace{0};
};

// An OCSP answer that was verified when it was fetched.
struct KnownAnswer {
    std::string thumbprint;  // of the certificate it is about
    ForeignState state{ForeignState::unknown};
    TimePoint next_update;
};

struct TrustInput {
    std::vector<Bytes> anchors;        // DER: roots and directly trusted issuing CAs
    std::vector<Bytes> intermediates;  // DER: our own issuing CAs
    std::vector<Bytes> crls;           // DER: verified against their issuers when used
    std::vector<std::string> revoked;  // SHA-256 thumbprints (hex) known revoked from our own register; of a
                                       // CA: with all that stands below it
    std::vector<IssuerRules> rules{};  // of foreign CAs whose revocations are published somewhere
    std::vector<KnownAnswer> answers{};
    std::map<std::string, config::TrustDomain> domains{};  // whose ids SM2 signatures are verified with
};

enum class TrustStatus {
    trusted,
    malformed,
    no_path,
    bad_signature,
    not_yet_valid,
    expired,
    revoked,
    wrong_usage,
    weak_key,
    bad_constraints
};
std::string_view to_string(TrustStatus status);

struct TrustVerdict {
    TrustStatus status{TrustStatus::no_path};
    std::string reason;                   // for the officer
    std::string thumbprint;               // SHA-256 of the certificate, hex
    std::string subject;                  // RFC 4514
    std::string serial;                   // hex
    std::optional<TimePoint> revoked_at;  // where a CRL says so
    explicit operator bool() const { return status == TrustStatus::trusted; }
};

// message_signing: keyUsage digitalSignature; document_signing: that or nonRepudiation; encryption:
// keyEncipherment.
enum class Usage { message_signing, document_signing, tls_client, encryption };

class TrustStore {
  public:
    static Result<std::shared_ptr<const TrustStore>> make(const TrustInput& input);
    virtual ~TrustStore() = default;
    // `chain`: further, untrusted certificates that came along.
    virtual TrustVerdict judge(ByteView certificate, const std::vector<Bytes>& chain, Usage usage,
                               TimePoint now) const = 0;
    // What was to be believed at an earlier time, by what is known now: certificates must have been valid
    // then, and revocations count that had happened by then. CRLs must be current now. `as_of` <= `now`.
    virtual TrustVerdict judge_as_of(ByteView certificate, const std::vector<Bytes>& chain, Usage usage,
                                     TimePoint as_of, TimePoint now) const = 0;
};

}  // namespace hutong::security
