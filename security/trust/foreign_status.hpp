// Whether a CRL or an OCSP answer that was fetched for another's CA may be believed.
//
// RFC 5280 section 6.3 (full lists only: no delta, no partition), RFC 6960 section 3.2. What comes over the
// network is believed for its signature alone, never for where it came from; something older than what is
// held is a rollback and refused. Pure functions, safe from any thread. Errors: invalid (not understood),
// refused (not to be believed), each in one line for the officer.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "security/keys/sm2.hpp"

namespace hutong::security {

// By how much the clocks of others, and of our own nodes, may be ahead.
inline constexpr std::chrono::minutes clock_differences{5};

struct CrlFacts {
    Bytes number;  // CRLNumber, big-endian; empty: it has none
    TimePoint this_update;
    TimePoint next_update;
};

// `issuer`: the CA's certificate. `held`: the facts of the list in use. `sm2_id`, here and below: by which
// the CA signs where it signs with SM2 (trust/trust_domains).
Result<CrlFacts> check_foreign_crl(ByteView der, ByteView issuer, TimePoint now,
                                   const std::optional<CrlFacts>& held,
                                   std::string_view sm2_id = sm2_default_id);

enum class ForeignState { good, revoked, unknown };
std::string_view to_string(ForeignState state);
std::optional<ForeignState> foreign_state_from(std::string_view text);

struct AnswerFacts {
    ForeignState state{ForeignState::unknown};
    TimePoint this_update;
    TimePoint next_update;
};

// What to send to a responder: one certificate, by SHA-1 as every responder knows it, without a nonce, so
// that answers made ahead will do (RFC 5019 section 2.1).
Result<Bytes> foreign_question(ByteView certificate, ByteView issuer);

// `held`: thisUpdate of the answer in use. The signer must be the issuer itself or have a certificate from it
// for OCSP signing that is not revoked: by `crl`, the issuer's list in use (empty: none), or by its own word
// (id-pkix-ocsp-nocheck). `grace`: how long it counts beyond its end.
Result<AnswerFacts> check_foreign_answer(ByteView der, ByteView certificate, ByteView issuer, TimePoint now,
                                         std::optional<TimePoint> held, ByteView crl = {},
                                         std::string_view sm2_id = sm2_default_id,
                                         std::chrono::hours grace = std::chrono::hours(0));

// Whether `issuer` signed the certificate.
bool issued_by(ByteView certificate, ByteView issuer, std::string_view sm2_id = sm2_default_id);

}  // namespace hutong::security
