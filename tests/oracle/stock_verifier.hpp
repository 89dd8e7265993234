// What plain libxml2 and stock xmlsec1 think of a signed message: the oracle of benchmark and fuzzing.
//
// Shares no code with the gateway. It knows nothing of positions, policy or trust: whether the first
// ds:Signature of the message verifies with a key that it is given, and what each reference digested.
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace hutong::test {

struct StockVerdict {
    bool parsed{false};
    bool verified{false};      // one of the first few signatures
    bool body_covered{false};  // by a reference of that signature to the Id of Envelope/Body
    bool foreign{false};       // there is a transform that stock xmlsec1 does not have
};

StockVerdict verify_by_stock(std::string_view message, evp_pkey_st* key);

// What a reference of a signature in Envelope/Header/Security digests, whatever it says it does.
struct ReferenceDigest {
    std::string signature;  // the SignatureValue, without white space
    std::size_t index;      // of the reference in it
    std::string uri;
    std::vector<std::uint8_t> digest;
};
// Those that stock xmlsec1 can digest, of the first few signatures. It follows no reference out of the
// message.
std::vector<ReferenceDigest> digests_by_stock(std::string_view message);

}  // namespace hutong::test
