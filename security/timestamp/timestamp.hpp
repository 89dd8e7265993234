// RFC 3161 timestamps as a requester has them: the query, and what an answer proves.
//
// Pure functions, safe from any thread. SHA-256 imprints only: what is stamped here is our own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace hutong::security {

inline constexpr std::size_t longest_timestamp = 64u << 10;  // of a query, and of an answer

// TimeStampReq with certReq, so that the answer can be checked by itself.
Bytes timestamp_query(const Sha256Digest& imprint, ByteView nonce);

struct TimestampInput {
    Sha256Digest imprint{};      // what must have been stamped
    std::optional<Bytes> nonce;  // what the answer must repeat; nothing: it was checked when it was fetched
    std::vector<Bytes> anchors;  // DER: the roots of trusted TSAs
    std::vector<Bytes> further;  // DER: certificates that may be on the way to them
    std::vector<Bytes> crls;     // DER: as of the time of the stamp
};

struct Timestamp {
    TimePoint time;
    std::string tsa;    // subject of its certificate, RFC 4514
    Bytes certificate;  // DER
    std::string policy;
    bool trusted{false};   // its certificate leads to an anchor, may stamp (EKU), and is not revoked
    std::string distrust;  // why not
};

// What an authority gave for a digest, after it was read.
struct Stamped {
    Bytes answer;  // the TimeStampResp, DER
    Timestamp facts;
};
// Has a SHA-256 digest stamped; may wait for an authority outside.
using Stamper = std::function<Result<Stamped>(const Sha256Digest&)>;

// The TimeStampToken in an answer: what signatures and archives carry along (RFC 3161 section 2.4.2). Error:
// corrupt.
Result<Bytes> token_of(ByteView answer);

// `answer`: a TimeStampResp in DER. Errors: refused (by the TSA, with its reason), corrupt (not an answer,
// not of this imprint or nonce, or its signature does not verify): nothing is proven then.
Result<Timestamp> read_timestamp(ByteView answer, const TimestampInput& input);

}  // namespace hutong::security
