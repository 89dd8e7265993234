// The algorithms of a policy as security policies write them: the standard's suites, and the assertion of
// ours that says exactly which are meant.
//
// WS-SecurityPolicy 1.3 section 6.1. Both the writer and the reader go by these two tables. Constants.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "security/inbound/policy.hpp"
#include "security/xmldsig/names.hpp"
#include "security/xmlenc/names.hpp"

namespace hutong::security::wssp {

// By its letter every suite signs with RSA-SHA1 and encrypts content by CBC and its key by RSA-OAEP with
// SHA-1; the same key lengths by GCM, and the newer OAEP, are as good. There is none for SM2, SM3 or SM4.
struct Suite {
    std::string_view name;
    bool sha256_digest;
    bool rsa15;
    std::array<std::string_view, 2> content;  // empty: a cipher that this gateway does not have
};

inline constexpr std::array<std::string_view, 2> aes256{security::names::aes256_gcm,
                                                        security::names::aes256_cbc};
inline constexpr std::array<std::string_view, 2> aes128{security::names::aes128_gcm,
                                                        security::names::aes128_cbc};
inline constexpr std::array<std::string_view, 2> oaep{security::names::rsa_oaep,
                                                      security::names::rsa_oaep_mgf1p};

inline constexpr Suite suites[] = {
    {"Basic256Sha256", true, false, aes256},     {"Basic192Sha256", true, false, {}},
    {"Basic128Sha256", true, false, aes128},     {"TripleDesSha256", true, false, {}},
    {"Basic256Sha256Rsa15", true, true, aes256}, {"Basic192Sha256Rsa15", true, true, {}},
    {"Basic128Sha256Rsa15", true, true, aes128}, {"TripleDesSha256Rsa15", true, true, {}},
    {"Basic256", false, false, aes256},          {"Basic192", false, false, {}},
    {"Basic128", false, false, aes128},          {"TripleDes", false, false, {}},
    {"Basic256Rsa15", false, true, aes256},      {"Basic192Rsa15", false, true, {}},
    {"Basic128Rsa15", false, true, aes128},      {"TripleDesRsa15", false, true, {}},
};

// The elements of our assertion that list algorithms of requests, in the order they are written.
struct MethodElement {
    std::string_view name;
    std::vector<std::string> MessagePolicy::*list;
};
inline constexpr MethodElement method_elements[] = {
    {"SignatureMethod", &MessagePolicy::signature_algorithms},
    {"EncryptionMethod", &MessagePolicy::content_algorithms},
    {"KeyTransport", &MessagePolicy::key_transports},
};
inline constexpr std::string_view algorithms_element = "Algorithms";
inline constexpr std::string_view answers_element = "ResponseSignatureMethod";  // one at most

}  // namespace hutong::security::wssp
