// What plain libxml2 and stock xmlsec1 think of a signed message: the oracle of benchmark and fuzzing.
//
// Shares no code with the gateway. It knows nothing of positions, policy or trust: whether the first
// ds:Signature of the message verifies with a key that it is given, and what each reference digested.
// Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace hutong::test {

struct StockReference {
    std::string uri;
    std::string digested;  // the octets that went into the digest; only where they were asked for
};

struct StockVerdict {
    bool parsed{false};
    bool verified{false};
    std::vector<StockReference> references;
};

// `keep`: whether to keep the digested octets.
StockVerdict verify_by_stock(std::string_view message, evp_pkey_st* key, bool keep);

}  // namespace hutong::test
