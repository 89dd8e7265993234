// Reads a certification request (PKCS #10, RFC 2986) and takes nothing from it into a certificate but the
// key.
//
// Pure, safe from any thread. Requests come from outside: they are bounded in size and checked before use.
#pragma once

#include <string>
#include <string_view>

#include "security/keys/pem.hpp"

namespace hutong::security {

inline constexpr std::size_t longest_request = 16384;  // an RSA key of 8192 bits needs a tenth of it

struct RequestFacts {
    KeyPtr key;
    KeyKind kind{KeyKind::rsa};
    std::string common_name;  // as the request has it, for people; may be empty
    std::string key_text;     // "rsa 3072", "p256"
    std::string thumbprint;   // SHA-256 of the key (SubjectPublicKeyInfo), hex
};

// What a request holds whose own signature verifies (proof of possession), if the key is of a kind that
// keys/key_kind knows. Errors: invalid, refused (the key).
Result<RequestFacts> read_request(std::string_view csr_pem);
Result<KeyPtr> key_of_request(std::string_view csr_pem);

// SHA-256 of the key (SubjectPublicKeyInfo), hex, by which a key is known again: a point that came compressed
// (RFC 5480 section 2.2) is written out from here on. Empty: OpenSSL cannot.
std::string key_thumbprint(EVP_PKEY* key);

std::string organisation_of(const X509* certificate);  // O of its subject

}  // namespace hutong::security
