// What plain libxml2 and stock xmlsec1 think of a signed message: the oracle of benchmark and fuzzing.
//
// Shares no code with the gateway. It knows nothing of policy or trust: which signatures of the message
// verify with keys that it is given, and what each reference digests. What xmlsec1 does not know is resolved
// in the tree, by libxml2 and OpenSSL alone: an xop:Include becomes the base64 it stands for, the
// STR-Transform and references to attachments are followed here (WS-Security 1.1.1 section 8.3, SwA
// Profile 1.1.1 section 5.4). Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace hutong::test {

// A MIME part besides the root.
struct Part {
    std::string content_id;    // without the angle brackets
    std::string content_type;  // the header's value
    std::string octets;
};
using Parts = std::vector<Part>;

// One of the first few ds:Signature of the message, in document order.
struct SignatureVerdict {
    bool in_header{false};     // a child of Envelope/Header/Security
    bool of_assertion{false};  // a child of a SAML 2.0 Assertion
    bool verified{false};
    bool body_covered{false};  // by a reference to the Id of Envelope/Body, whether it verifies or not
    unsigned token_references{0}, attachment_references{0};  // which this file follows itself
};

struct StockVerdict {
    bool parsed{false};
    bool verified{false};      // one of them does
    bool body_covered{false};  // by one that verifies and is in a Security header
    std::vector<SignatureVerdict> signatures;
};

// Each signature by whichever of the keys is of its method's kind.
StockVerdict verify_by_stock(std::string_view message, std::span<evp_pkey_st* const> keys,
                             const Parts& parts = {});
inline StockVerdict verify_by_stock(std::string_view message, evp_pkey_st* key) {
    return verify_by_stock(message, std::span(&key, 1));
}

// What a reference of a signature below Envelope/Header/Security digests, whatever it says it does.
struct ReferenceDigest {
    std::string signature;  // the SignatureValue, without white space
    std::size_t index;      // of the reference in it
    std::string uri;
    std::vector<std::uint8_t> digest;
};
// Those that can be digested, of the first few signatures. It follows no reference out of the message.
std::vector<ReferenceDigest> digests_by_stock(std::string_view message, const Parts& parts = {});

// What signature number `n` (of StockVerdict::signatures) would have to say to be good: the digests of its
// references in base64, empty where there is none, and then the octets of its SignedInfo as they stand.
struct ToSign {
    std::vector<std::string> digests;
    std::string signed_info;
    std::string method;  // the Algorithm of SignatureMethod
};
ToSign to_sign_by_stock(std::string_view message, std::size_t n, const Parts& parts = {});

}  // namespace hutong::test
