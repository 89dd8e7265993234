// OCSP as the platform speaks it: reads what is asked and writes the signed answer.
//
// RFC 6960; RFC 5019 (one certificate per question, answers that may be made ahead); RFC 8954 (nonce of 1 to
// 32 octets). Questions come from anyone: they are small, or refused unread. Pure functions, safe from any
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "security/keys/pem.hpp"
#include "security/keys/signing_key.hpp"

namespace hutong::security {

inline constexpr std::size_t longest_ocsp_request = 4096;
inline constexpr std::size_t longest_ocsp_nonce = 32;

// The digest by which a question names the issuer. Others are not known here.
enum class OcspDigest { sha1, sha256 };

struct OcspQuestion {
    OcspDigest digest{OcspDigest::sha1};
    Bytes issuer_name;   // digest of the issuer's name
    Bytes issuer_key;    // and of its key
    std::string serial;  // hex
    Bytes id;            // CertID as it was asked, DER
    Bytes nonce;         // the extension's value, DER; empty: none
};

// Error: invalid.
Result<OcspQuestion> read_ocsp_request(ByteView der);
bool asks_about(const OcspQuestion& question, const X509* issuer);

enum class OcspState { good, revoked, unknown };
struct OcspStatus {
    OcspState state{OcspState::unknown};
    TimePoint revoked_at{};  // with what follows, of revoked only
    std::string reason{};
};

struct OcspTimes {
    TimePoint this_update;
    TimePoint next_update;
};

// CertIDs of one certificate, by each digest that a question may use.
Result<std::vector<Bytes>> ocsp_ids(const X509* issuer, const std::string& serial);

// `ids` are all given the same status. `delegate`'s certificate goes along, for who does not have it. Errors:
// internal, and the key's.
Result<Bytes> make_ocsp_answer(const std::vector<Bytes>& ids, const OcspStatus& status,
                               const OcspTimes& times, ByteView nonce, const SigningKey& delegate);

// An answer that says only why there is none (RFC 6960 section 2.3); it is not signed.
enum class OcspRefusal : std::uint8_t { malformed = 1, internal = 2, try_later = 3, unauthorized = 6 };
Bytes ocsp_refusal(OcspRefusal why);

}  // namespace hutong::security
